package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/**
 * Threads take turns on one target, while another looks without a pause: whatever it sees has been so
 * at one moment. Under strict order a slot is never free while somebody waits, and no job is in two
 * places.
 */
final class TornLook {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int TURNING = 3;

    private final JobObject jobs;
    private volatile boolean looking = true;
    private volatile Optional<String> failed = Optional.empty();

    private TornLook(JobControl control) {
        this.jobs = control.of(Target.domain("busy"));
    }

    /** Returns what was seen that cannot have been, in so many looks; or empty. */
    static Optional<String> violation(int looks) throws InterruptedException {
        JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
        Target.addAdapters(engine);
        return new TornLook(engine.control("look")).run(looks);
    }

    private Optional<String> run(int looks) throws InterruptedException {
        Thread[] turning = new Thread[TURNING];
        for (int i = 0; i < TURNING; i++) {
            turning[i] = new Thread(this::takeTurns, "turn-" + i);
            turning[i].start();
        }
        Optional<String> torn = Optional.empty();
        for (int i = 0; i < looks && torn.isEmpty(); i++) {
            torn = torn(jobs.info());
        }
        looking = false;
        for (Thread thread : turning) {
            thread.join();
        }
        return torn.or(() -> failed);
    }

    private void takeTurns() {
        try {
            while (looking) {
                jobs.begin(JobType.MODIFY, "turn", LONG).close();
            }
        } catch (JobRefusedException | InterruptedException e) {
            failed = Optional.of("failed: " + e);
        }
    }

    private static Optional<String> torn(JobObjectInfo info) {
        if (info.jobs().size() > 1) {
            return Optional.of("two at once: " + info);
        }
        if (info.jobs().isEmpty() && !info.queue().isEmpty()) {
            return Optional.of("a free slot, and a waiter: " + info);
        }
        Set<Long> seen = new HashSet<>();
        for (JobInfo job : info.jobs()) {
            seen.add(job.id());
        }
        for (JobInfo job : info.queue()) {
            if (!seen.add(job.id())) {
                return Optional.of("in two places: " + info);
            }
        }
        return Optional.empty();
    }
}
