package org.jobcontrol.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Jobs on several targets that began together, and end together. */
@ProviderType
public interface JobGroup extends AutoCloseable {
    /**
     * Returns the jobs.
     *
     * @return the jobs in the order of the requests
     */
    List<Job> jobs();

    /**
     * Returns the job on one target.
     *
     * @param target the target
     * @return the job
     * @throws IllegalArgumentException if the group has none there
     */
    Job job(TargetId target);

    /**
     * Returns the async job on one target.
     *
     * @param target the target
     * @return the job
     * @throws IllegalArgumentException if the group has no async job there
     */
    AsyncJob asyncJob(TargetId target);

    /** Ends every job of the group that has not ended. Idempotent; any thread. */
    @Override
    void close();
}
