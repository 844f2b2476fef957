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
