package org.jobcontrol.core.stress;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/**
 * Jobs begin and end on one target, while another thread looks for the one that began last: it runs or
 * is remembered, at every moment.
 */
final class AlwaysFound {
    private static final int NEAR = 100;

    private final JobControl control;
    private final JobObject jobs;
    private final AtomicLong last = new AtomicLong();
    private volatile boolean over;
    private volatile Optional<String> missed = Optional.empty();

    private AlwaysFound(JobControl control) {
        this.control = control;
        this.jobs = control.of(Target.domain("busy"));
    }

    /** Returns which job was not found, in so many jobs; or empty. */
    static Optional<String> violation(int rounds) throws InterruptedException {
        try (JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS)) {
            Target.addAdapters(engine);
            return new AlwaysFound(engine.control("found")).run(rounds);
        }
    }

    private Optional<String> run(int rounds) throws InterruptedException {
        Thread looker = new Thread(this::look, "looker");
        looker.start();
        try {
            for (int i = 0; i < rounds && looker.isAlive(); i++) {
                try (Job job = jobs.begin(JobType.MODIFY, "found")) {
                    last.set(job.id());
                    // So that it ends the long way.
                    job.progress(Progress.ofData(1, 1));
                }
            }
        } catch (JobRefusedException e) {
            missed = Optional.of("failed: " + e);
        } finally {
            over = true;
            looker.join();
        }
        return missed;
    }

    private void look() {
        while (!over) {
            long id = last.get();
            // Only one of the last: the history is bounded.
            if (id != 0 && control.job(id).isEmpty() && last.get() - id < NEAR) {
                missed = Optional.of("job #" + id + " neither runs nor is remembered");
                return;
            }
        }
    }
}
