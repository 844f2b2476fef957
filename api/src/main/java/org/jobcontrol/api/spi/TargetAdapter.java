package org.jobcontrol.api.spi;

import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The typed bridge from a class of targets to their job objects: a service with the property {@link
 * #KIND}. The core keeps the ids it is given, never a target.
 *
 * <p>Adapters come and go. While one is away its job objects keep their rules and admit on. Of two
 * for one class, the higher service ranking serves new job objects.
 *
 * <p>Methods may be called by many threads at once, never while a job object is locked.
 *
 * @param <T> the class of targets
 */
@ConsumerType
public interface TargetAdapter<T> {
    /** The service property that names the kind of the targets: the {@link TargetId#kind()}. */
    String KIND = "jobcontrol.target";

    /**
     * The operation of a QUERY job that a driver takes for a moment, only to see how far another job has
     * got. It is not remembered in the history, however often somebody looks.
     */
    String LOOK = "look";

    /**
     * Returns the class whose instances this adapter handles.
     *
     * @return the class or interface
     */
    Class<T> type();

    /**
     * Names a target.
     *
     * @param target the target
     * @return its id; the same for every object that stands for the same target. Its parent, if it
     *     has one, is of a kind for which there is an adapter too
     */
    TargetId identify(T target);

    /**
     * Returns the rules for the job objects of these targets. Asked when a job object is made from its
     * id alone.
     *
     * @return the policy
     */
    AdmissionPolicy policy();

    /**
     * Returns the rules for the job object of one target. Asked once for each job object.
     *
     * @param target the target
     * @return the policy; that of all unless an adapter tells them apart
     */
    default AdmissionPolicy policy(T target) {
        return policy();
    }

    /**
     * Passes an abort on to the driver. Called after the job's own {@link
     * org.jobcontrol.api.Job#onAbort} actions, on the thread that aborts. What it throws is logged.
     *
     * @param target the job's target
     * @param job the running job
     */
    default void abort(TargetId target, JobInfo job) {}

    /**
     * Asks the driver how far a job has got, when somebody looks. Must not block.
     *
     * @param target the job's target
     * @param job the running job
     * @return the progress, or empty if only the job's owner knows
     */
    default Optional<Progress> progress(TargetId target, JobInfo job) {
        return Optional.empty();
    }

    /**
     * Cleans up after a job that a crash interrupted: the journal has its begin, and no end. Nothing is
     * admitted on its target before this is done. Called on a thread of the core's own, for the jobs of
     * one target one after another, and never twice at once for one job; with jobs of the same target
     * and of others it may ask the driver, but wait for none that needs the target.
     *
     * @param job the interrupted job
     * @return what became of it
     * @throws Exception if it cannot be cleaned up now; that is logged, the job is kept as it is, and it
     *     is tried again as after {@link Recovery#later}
     */
    default Recovery recover(InterruptedJob job) throws Exception {
        return Recovery.ended(JobOutcome.ORPHANED, "its adapter recovers no jobs");
    }
}
