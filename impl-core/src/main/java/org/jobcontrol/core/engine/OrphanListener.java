package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobInfo;

/** Hears of every job that has ended orphaned. */
@FunctionalInterface
public interface OrphanListener {
    /**
     * A job has ended. Called without locks, by the thread that ended it; does not wait. What it throws
     * is logged.
     *
     * @param job the job as it ended
     */
    void orphaned(JobInfo job);
}
