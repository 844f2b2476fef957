package org.jobcontrol.itests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.osgi.service.cm.ConfigurationAdmin;

/** The core's configuration. It is taken over on another thread: what is set here is so on return. */
final class CoreConfiguration {
    static final String PID = "org.jobcontrol";

    /** A default timeout that nobody else sets: it tells when the values are taken over. */
    static final Duration PROBE = Duration.ofMillis(321);

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Whoever waits has a thread of its own; the common pool may have one for all. */
    static final Executor THREADS = task -> new Thread(task).start();

    private CoreConfiguration() {}

    /** Sets values, and the default timeout to {@link #PROBE}; a job object without jobs tells when. */
    static void set(ConfigurationAdmin configurations, JobObject idle, Map<String, String> values)
            throws IOException {
        Dictionary<String, Object> all = new Hashtable<>(values);
        all.put("begin_timeout_millis", String.valueOf(PROBE.toMillis()));
        update(configurations, all);
        await().until(() -> hasDefault(idle, PROBE));
    }

    static void update(ConfigurationAdmin configurations, Dictionary<String, Object> values)
            throws IOException {
        configurations.getConfiguration(PID, "?").update(values);
    }

    /** Returns whether a begin that does not say how long it waits waits for so long. */
    static boolean hasDefault(JobObject idle, Duration timeout) throws Exception {
        try (Job holder = idle.begin(JobType.MODIFY, "holder", LONG)) {
            holder.detach();
            return CompletableFuture.supplyAsync(() -> waitedFor(idle, timeout), THREADS)
                    .get(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It has begun to wait with the default of before, and gets its job as the holder ends.
            return false;
        }
    }

    /** Returns whether no more than the job that runs may be on a job object. */
    static boolean hasBoundOfOne(JobObject idle) throws Exception {
        try (Job holder = idle.begin(JobType.MODIFY, "holder", LONG)) {
            holder.detach();
            return idle.explain(JobType.MODIFY)
                    .reason()
                    .filter(Reason.QUEUE_FULL::equals)
                    .isPresent();
        }
    }

    private static boolean waitedFor(JobObject jobs, Duration timeout) {
        try (Job job = jobs.begin(JobType.MODIFY, "probe")) {
            return false;
        } catch (JobRefusedException e) {
            return e.getMessage().contains("within " + timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
