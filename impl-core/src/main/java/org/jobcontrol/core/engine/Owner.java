package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobOwner;

/**
 * Who holds a job.
 *
 * @param thread the name of the thread that begun it or works on it
 * @param bundle the symbolic name of the bundle in whose name it runs
 * @param bundleId the id of that bundle; two of one name may be installed
 */
record Owner(String thread, String bundle, long bundleId) implements JobOwner {
    /** Returns this bundle in the calling thread. */
    Owner here() {
        String here = Thread.currentThread().getName();
        return thread.equals(here) ? this : new Owner(here, bundle, bundleId);
    }
}
