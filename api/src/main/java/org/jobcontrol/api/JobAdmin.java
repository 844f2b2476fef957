package org.jobcontrol.api;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Steers jobs of others. A service of its own, so that it can be withheld from those who should only
 * begin jobs.
 */
@ProviderType
public interface JobAdmin {
    /**
     * Sets the mask of a running async job, as its owner could with {@link AsyncJob#mask(JobMask)}.
     *
     * @param jobId the job's id
     * @param mask the types that may run beside it from now on
     * @throws IllegalArgumentException if no running async job has that id
     */
    void mask(long jobId, JobMask mask);

    /**
     * Takes a job from an owner that has gone or hangs: it ends with outcome ORPHANED, its handle is
     * stale from then on, and whoever can begin now does. A job that still waits leaves the queue.
     * The work itself is not stopped; a driver can refuse what comes late by {@link Job#fence()}.
     *
     * @param jobId the job's id
     * @param reason why, for the log and the job's history
     * @throws IllegalArgumentException if no running or waiting job has that id, or the reason is
     *     blank
     */
    void release(long jobId, String reason);

    /**
     * Tries once more to recover a job that a crash interrupted, and returns at once. How it went is in
     * the log; a job that is recovered is in the history.
     *
     * @param jobId the job's id
     * @throws IllegalArgumentException if no job of that id waits for its recovery
     */
    void recover(long jobId);

    /**
     * Has the work of a running job stop at its next {@link Job#checkpoint}, until it is resumed or
     * aborted. The job keeps its slot, and its state is PAUSED from when the work stands. Returns at
     * once; to pause again changes nothing. Work that has no checkpoints and does not say so ({@link
     * Job#pausable}) goes on.
     *
     * @param jobId the job's id
     * @throws IllegalArgumentException if no running job has that id, or it was asked to abort
     * @throws UnsupportedOperationException if the work of the job cannot be paused
     */
    void pause(long jobId);

    /**
     * Has the work of a paused job go on. Does nothing if it is not paused.
     *
     * @param jobId the job's id
     * @throws IllegalArgumentException if no running job has that id
     */
    void resume(long jobId);

    /**
     * Limits how fast a job moves data, from now on; also one that still waits. Work that moves data
     * asks for the limit before each block. Work that moves none, and does not say so ({@link
     * Job#limitable}), goes on as before.
     *
     * @param jobId the job's id
     * @param bytesPerSecond the limit; 0 for none
     * @throws IllegalArgumentException if no running or waiting job has that id, or the limit is
     *     negative
     * @throws UnsupportedOperationException if the work of the job runs and cannot be limited
     */
    void bandwidth(long jobId, long bytesPerSecond);

    /**
     * Stops admitting jobs and waits until those that run have ended. Waiting jobs and new ones are
     * refused CLOSING; nested steps of running async jobs are still admitted. The core stays drained,
     * whatever the answer, until its bundle is started anew.
     *
     * @param timeout how long to wait
     * @return true if no job runs any more
     * @throws InterruptedException if the thread is interrupted; the core stays drained
     */
    boolean drain(Duration timeout) throws InterruptedException;
}
