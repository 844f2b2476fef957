package org.jobcontrol.api;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** What is known of a job object at one moment. Immutable; it does not follow the job object. */
@ProviderType
public interface JobObjectInfo {
    /**
     * Returns the target.
     *
     * @return its id
     */
    TargetId target();

    /**
     * Returns the jobs in the job slot.
     *
     * @return the jobs, oldest first; at most one unless the target's policy lets types share
     */
    List<JobInfo> jobs();

    /**
     * Returns the agent job.
     *
     * @return the job, or empty if the agent slot is free
     */
    Optional<JobInfo> agent();

    /**
     * Returns the async job.
     *
     * @return the job, or empty if the async slot is free
     */
    Optional<JobInfo> async();

    /**
     * Returns what may run beside the async job, with the types that the target's policy does not
     * allow to be masked out.
     *
     * @return the mask, or empty if the async slot is free
     */
    Optional<JobMask> mask();

    /**
     * Returns the waiting jobs.
     *
     * @return the jobs in arrival order
     */
    List<JobInfo> queue();

    /**
     * Returns whether the job object was closed.
     *
     * @return true if nothing can be begun on it any more
     */
    boolean closed();
}
