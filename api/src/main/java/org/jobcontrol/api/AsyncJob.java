package org.jobcontrol.api;

import com.google.errorprone.annotations.MustBeClosed;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A running async job: long work, beside which the jobs in its mask may run. It holds the async
 * slot and never the job slot; for each step that needs the target to itself it begins a nested
 * job. It is bound to no thread, and made to be handed to a worker.
 */
@ProviderType
public interface AsyncJob extends Job {
    /**
     * Returns the types that may run beside this job.
     *
     * @return the mask as set; what cannot be masked out may run in any case
     */
    JobMask mask();

    /**
     * Sets the types that may run beside this job. Widening it admits waiters at once, in arrival
     * order; narrowing it ends nothing that runs.
     *
     * @param mask the mask from now on
     * @throws IllegalStateException if the job has ended
     */
    void mask(JobMask mask);

    /**
     * Begins a nested job, waiting until the job slot is free. It ignores the mask, keeps its turn
     * among those who wait for the slot, and is possible even after the target's job object was
     * closed, so that this job can clean up.
     *
     * @param operation a short name for the step
     * @param timeout how long to wait; zero or less tries once
     * @return the nested job, bound to this thread
     * @throws JobRefusedException if it was not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     * @throws IllegalStateException if this job has ended
     */
    @MustBeClosed
    Job beginNested(String operation, Duration timeout)
            throws JobRefusedException, InterruptedException;

    /**
     * Returns how far the job has got.
     *
     * @return the phase, or an empty string if none was set
     */
    String phase();

    /**
     * Enters a phase. Phases that the operation declares are ordered and never go back.
     *
     * @param phase the phase from now on
     * @throws IllegalArgumentException if the operation declares phases and this is none of them,
     *     or one that lies behind; the phase stays
     * @throws IllegalStateException if the job has ended
     */
    void phase(String phase);
}
