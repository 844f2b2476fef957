package org.jobcontrol.api;

import org.osgi.annotation.versioning.ProviderType;

/** Who holds a job, as shown to people. Immutable. */
@ProviderType
public interface JobOwner {
    /**
     * Returns the thread that begun the job or, for work that runs in the background, executes it.
     *
     * @return the thread's name
     */
    String thread();

    /**
     * Returns the bundle in whose name the job runs.
     *
     * @return the bundle's symbolic name
     */
    String bundle();
}
