package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobSlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to jobs whose bundle goes: that of their owner, that of their work, or the core itself. */
final class Departures {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

    /** How often a job is looked at that a thread of a stopped bundle still works on. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final JobEngine engine;

    Departures(JobEngine engine) {
        this.engine = engine;
    }

    void ownerStopped(long bundleId) {
        List<JobEntry> jobs = engine.objects().jobs().stream()
                .filter(job -> job.owner().bundleId() == bundleId)
                .toList();
        if (jobs.isEmpty()) {
            return;
        }
        leave(jobs, "bundle " + jobs.get(0).owner().bundle() + " has stopped");
        later(Request.nanos(engine.settings().drainTimeout()), () -> {
            List<JobEntry> kept = orphan(jobs);
            kept.forEach(Departures::reportStuck);
            orphanLater(kept);
        });
    }

    private void orphanLater(List<JobEntry> kept) {
        if (!kept.isEmpty() && !engine.closed()) {
            later(LOOK_NANOS, () -> orphanLater(orphan(kept)));
        }
    }

    private void later(long nanos, Runnable what) {
        engine.clock().at(engine.clock().nanos() + nanos, () -> engine.execute(what));
    }

    /** Takes jobs from a bundle that has stopped; returns those on which a thread of it still works. */
    private static List<JobEntry> orphan(List<JobEntry> jobs) {
        return jobs.stream().filter(job -> !job.over() && !orphan(job)).toList();
    }

    /** Takes a job from a bundle that has stopped, unless a thread of it still works on the target. */
    private static boolean orphan(JobEntry job) {
        Thread thread = job.boundTo();
        String why = "bundle " + job.owner().bundle() + " has stopped";
        if (thread != null && JobSnapshot.of(job).slot() != JobSlot.ASYNC) {
            boolean alive = thread.isAlive();
            if (alive && !IdleThreads.contains(thread)) {
                return false;
            }
            why += ", and its thread " + thread.getName()
                    + (alive ? " is idle in its pool" : " has ended");
        }
        if (job.end(JobOutcome.ORPHANED, new JobAbortedException(job.id, why))) {
            LOG.warn(
                    "job #{} ({}) on {} was orphaned: {}",
                    job.id,
                    job.operation,
                    job.object.target,
                    why);
        }
        return true;
    }

    private static void reportStuck(JobEntry job) {
        Thread thread = job.boundTo();
        LOG.warn(
                "job #{} ({}) on {} is stuck: bundle {} has stopped, but thread {} still works on it",
                job.id,
                job.operation,
                job.object.target,
                job.owner().bundle(),
                thread == null ? job.owner().thread() : thread.getName());
    }

    void workerStopping(long bundleId) {
        List<JobEntry> jobs = engine.objects().jobs().stream()
                .filter(job -> workBundle(job) == bundleId)
                .toList();
        // All before any is asked: to abort one job of a group aborts the others.
        jobs.forEach(
                job -> job.stopped("the bundle that did the work, id " + bundleId + ", stopped"));
        leave(jobs, "the bundle that would do the work is stopping");
        awaitEnds(jobs, engine.settings().drainTimeout());
        for (JobEntry job : jobs) {
            if (!job.over()) {
                LOG.warn(
                        "job #{} ({}) on {} still runs code of bundle {}, which stops",
                        job.id,
                        job.operation,
                        job.object.target,
                        bundleId);
            }
        }
    }

    void everybodyLeaves() {
        engine.startClosing();
        List<JobEntry> jobs = engine.objects().running();
        awaitEnds(jobs, engine.settings().drainTimeout());
        List<JobEntry> left = engine.objects().running();
        left.forEach(engine.aborts()::ask);
        awaitEnds(left, engine.settings().drainTimeout().dividedBy(10));
        for (JobEntry job : engine.objects().running()) {
            LOG.warn("job control stops while {} runs", job);
        }
    }

    /** Refuses those that wait and asks the others to abort: first all waiters, or an end lets one in. */
    private void leave(List<JobEntry> jobs, String why) {
        List<JobEntry> running = jobs.stream().filter(job -> !refuse(job, why)).toList();
        running.forEach(engine.aborts()::ask);
    }

    private static boolean refuse(JobEntry job, String why) {
        Request request = job.request();
        return request != null && request.refuse(Reason.CLOSING, why);
    }

    private static long workBundle(JobEntry job) {
        Request request = job.request();
        return request == null ? JobEngine.NO_BUNDLE : request.workBundle();
    }

    private void awaitEnds(List<JobEntry> jobs, Duration timeout) {
        long deadline = engine.clock().nanos() + Request.nanos(timeout);
        try {
            for (JobEntry job : jobs) {
                engine.aborts().awaitEnd(job, deadline);
            }
        } catch (InterruptedException e) {
            // Whoever stops the bundle is in a hurry: what still runs is reported.
            Thread.currentThread().interrupt();
        }
    }
}
