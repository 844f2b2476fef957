package org.jobcontrol.core.engine;

import java.time.Duration;

/**
 * The limits that may be configured. Immutable; whoever changes them checks their ranges first.
 *
 * @param beginTimeout how long a begin waits that does not say
 * @param queueMax how many jobs may run and wait on one target; 0 for any number
 * @param historySize how many finished jobs are remembered
 * @param historyAge how long they are remembered
 * @param drainTimeout how long running jobs get before what they need is taken away
 * @param stuckWarn for how long a running job may show no progress before that is reported
 * @param leakTracking which handles are watched for being forgotten
 * @param overtakingGrace how long somebody may have waited and still be overtaken; zero for never
 */
public record Settings(
        Duration beginTimeout,
        int queueMax,
        int historySize,
        Duration historyAge,
        Duration drainTimeout,
        Duration stuckWarn,
        LeakTracking leakTracking,
        Duration overtakingGrace) {
    /** Which handles are watched for being forgotten. */
    public enum LeakTracking {
        /** None. */
        OFF,
        /** One of 64. */
        SAMPLED,
        /** All of them. */
        ALL
    }

    /** What holds when nothing is configured. */
    public static final Settings DEFAULTS = new Settings(
            Duration.ofSeconds(30),
            0,
            1000,
            Duration.ofDays(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(90),
            LeakTracking.OFF,
            Duration.ZERO);
}
