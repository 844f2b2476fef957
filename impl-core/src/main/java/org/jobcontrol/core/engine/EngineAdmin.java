package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steers the jobs of all bundles. */
final class EngineAdmin implements JobAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(EngineAdmin.class);

    private final JobEngine engine;

    EngineAdmin(JobEngine engine) {
        this.engine = engine;
    }

    @Override
    public void mask(long jobId, JobMask mask) {
        Objects.requireNonNull(mask, "mask");
        JobEntry job = job(jobId);
        if (job.type != JobType.ASYNC || !job.admitted()) {
            throw new IllegalArgumentException(
                    "job #" + jobId + " is no running async job: " + job);
        }
        try {
            job.object.mask(job, mask);
            Audit.record("mask " + mask, job);
        } catch (IllegalStateException ended) {
            throw new IllegalArgumentException(
                    "no running async job: " + ended.getMessage(), ended);
        }
    }

    @Override
    public void release(long jobId, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("blank reason to release job #" + jobId);
        }
        JobEntry job = job(jobId);
        String why = "released by an operator: " + reason;
        Request request = job.request();
        if ((request != null && request.refuse(Reason.ABORTED, why))
                || job.end(JobOutcome.ORPHANED, new JobAbortedException(jobId, why))) {
            Audit.record("release (" + reason + ")", job);
            LOG.warn(
                    "{} was {} (by thread {})", job, why, Thread.currentThread().getName());
            return;
        }
        throw new IllegalArgumentException(
                "job #" + jobId + " has ended, or lasts only for the jobs that it covers");
    }

    @Override
    public void recover(long jobId) {
        if (!engine.recoveries().want(jobId)) {
            throw new IllegalArgumentException("no job #" + jobId + " waits for its recovery");
        }
        Audit.record("recovery of job #" + jobId);
    }

    @Override
    public void pause(long jobId) {
        JobEntry job = job(jobId);
        if (!job.admitted() || job.life().stage() != Life.Stage.RUNNING) {
            throw new IllegalArgumentException(
                    "job #" + jobId + " does not run, or was asked to abort: " + job);
        }
        checkPausable(job);
        try {
            job.needExtras().pause().ask();
        } catch (IllegalStateException ended) {
            throw new IllegalArgumentException("no running job: " + ended.getMessage(), ended);
        }
        if (job.life().stage() != Life.Stage.RUNNING) {
            // Asked to abort, or ended, in this moment: who did may have looked before.
            job.resume();
        }
        // The work may have begun in this moment, and said that it cannot.
        checkPausable(job);
        Audit.record("pause", job);
    }

    private static void checkPausable(JobEntry job) {
        Extras extras = job.extras();
        if (extras != null && extras.unpausable) {
            job.resume();
            throw new UnsupportedOperationException(
                    "%s cannot be paused: its work runs on to its end".formatted(job));
        }
    }

    @Override
    public void resume(long jobId) {
        JobEntry job = job(jobId);
        job.resume();
        Audit.record("resume", job);
    }

    @Override
    public void bandwidth(long jobId, long bytesPerSecond) {
        JobEntry job = job(jobId);
        Extras steering = job.extras();
        if (steering != null && steering.unlimitable) {
            throw new UnsupportedOperationException(
                    "%s cannot be limited: its work follows no limit".formatted(job));
        }
        try {
            job.bandwidth(bytesPerSecond);
            Audit.record("bandwidth " + bytesPerSecond, job);
        } catch (IllegalStateException ended) {
            throw new IllegalArgumentException(
                    "no running or waiting job: " + ended.getMessage(), ended);
        }
    }

    @Override
    public boolean drain(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        engine.startClosing();
        Audit.record("drain");
        return engine.objects().awaitIdle(timeout);
    }

    private JobEntry job(long id) {
        return engine.objects()
                .job(id)
                .orElseThrow(
                        () -> new IllegalArgumentException("no job #" + id + " runs or waits"));
    }
}
