package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;

/** Asks jobs to end early. Takes no slot, and holds no lock while it calls anybody. */
final class Aborts {
    private final JobEngine engine;

    Aborts(JobEngine engine) {
        this.engine = engine;
    }

    /** Asks a job to end early, and does not wait. */
    AbortResult ask(JobEntry job) {
        Request request = job.request();
        if (request != null) {
            if (!request.decided() && request.refuse(Reason.ABORTED, "")) {
                return AbortResult.LEFT_QUEUE;
            }
            if (!request.admitted()) {
                return AbortResult.TOO_LATE;
            }
        }
        Life life = job.updateIfOpen(now -> now.abortable() ? now.aborting() : now);
        if (life == null) {
            return job.over() ? AbortResult.TOO_LATE : AbortResult.STILL_RUNNING;
        }
        if (!life.abortable()) {
            return AbortResult.NOT_ABORTABLE;
        }
        job.resume();
        job.runAbortActions();
        engine.adapters().abort(job.object.target, JobSnapshot.of(job));
        if (job.over()) {
            return AbortResult.ENDED;
        }
        // the driver was asked, and may have found that it is too late for that
        return job.life().abortable() ? AbortResult.STILL_RUNNING : AbortResult.NOT_ABORTABLE;
    }

    /** Asks a job to end early, and waits for that. */
    AbortResult ask(JobEntry job, Duration timeout) throws InterruptedException {
        boolean waits = !timeout.isZero() && !timeout.isNegative();
        if (waits) {
            refuseToWaitForOneself(job);
        }
        AbortResult result = ask(job);
        if (!waits || result != AbortResult.STILL_RUNNING) {
            return result;
        }
        return awaitEnd(job, engine.clock().nanos() + Request.nanos(timeout))
                ? AbortResult.ENDED
                : AbortResult.STILL_RUNNING;
    }

    /** Asks several jobs to end early, and waits for all. */
    void askAll(List<JobEntry> jobs, Duration timeout) throws InterruptedException {
        boolean waits = !timeout.isZero() && !timeout.isNegative();
        if (waits) {
            jobs.forEach(Aborts::refuseToWaitForOneself);
        }
        jobs.forEach(this::ask);
        long deadline = engine.clock().nanos() + Request.nanos(timeout);
        for (JobEntry job : jobs) {
            if (waits && !awaitEnd(job, deadline)) {
                return;
            }
        }
    }

    /** Waits until a job has ended and holds nothing; false if the time was over before. */
    boolean awaitEnd(JobEntry job, long deadlineNanos) throws InterruptedException {
        CompletableFuture<JobInfo> ended = job.ended();
        try {
            ended.get(Math.max(0, deadlineNanos - engine.clock().nanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an end cannot fail", e);
        }
    }

    private static void refuseToWaitForOneself(JobEntry job) {
        if (job.admitted() && job.boundTo() == Thread.currentThread()) {
            throw new IllegalStateException("job #" + job.id + " (" + job.operation
                    + ") is bound to this thread, which cannot wait for its end");
        }
    }
}
