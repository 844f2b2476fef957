package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobOwner;

/**
 * Who holds a job.
 *
 * @param thread the name of the thread that begun it or works on it
 * @param bundle the symbolic name of the bundle in whose name it runs
 * @param bundleId the id of that bundle; two of one name may be installed
 * @param threadId the id of the thread; {@link #NO_THREAD} if it is not one of this process
 */
record Owner(String thread, String bundle, long bundleId, long threadId) implements JobOwner {
    /** The id of no thread. */
    static final long NO_THREAD = 0;

    /** Makes an owner without a thread of this process. */
    Owner(String thread, String bundle, long bundleId) {
        this(thread, bundle, bundleId, NO_THREAD);
    }

    /** Returns this bundle in a thread. */
    Owner in(Thread other) {
        return new Owner(other.getName(), bundle, bundleId, other.getId());
    }

    /** Returns this bundle in the calling thread. */
    Owner here() {
        Thread here = Thread.currentThread();
        return threadId == here.getId() && thread.equals(here.getName()) ? this : in(here);
    }

    /** Returns whether both are the same thread. */
    boolean sameThread(JobOwner other) {
        return threadId != NO_THREAD && other instanceof Owner owner && threadId == owner.threadId;
    }
}
