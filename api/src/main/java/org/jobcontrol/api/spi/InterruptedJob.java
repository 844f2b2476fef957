package org.jobcontrol.api.spi;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.osgi.annotation.versioning.ProviderType;

/** A recorded job that has no end, because the process died while it ran. Immutable. */
@ProviderType
public interface InterruptedJob {
    /**
     * Returns the job's number.
     *
     * @return the id
     */
    long id();

    /**
     * Returns the fence that the job had.
     *
     * @return the fence; whoever is admitted later has a larger one
     */
    long fence();

    /**
     * Returns what the job ran on.
     *
     * @return the target's id
     */
    TargetId target();

    /**
     * Returns what kind of job it was.
     *
     * @return ASYNC or DESTROY
     */
    JobType type();

    /**
     * Returns what the job was about.
     *
     * @return the name of the operation
     */
    String operation();

    /**
     * Returns the last phase that was recorded.
     *
     * @return the phase, or empty if there was none
     */
    Optional<String> phase();

    /**
     * Returns the last progress that was recorded.
     *
     * @return the progress; {@link Progress#NONE} if there was none
     */
    Progress progress();

    /**
     * Returns when the job was admitted.
     *
     * @return the instant
     */
    Instant started();

    /**
     * Returns what the adapter had recorded with the job.
     *
     * @return values by name
     */
    Map<String, String> attributes();

    /**
     * Has the job go on: what it does has outlived the crash. It keeps its number, when it started, what
     * was recorded of it, and its slot, and others are admitted beside it as its mask says. Whoever calls
     * this ends it by the handle; {@link TargetAdapter#recover} returns {@link Recovery#goesOn()}.
     *
     * @param operation the operation of that name
     * @param mask the types that may run beside it
     * @return the running job
     * @throws IllegalStateException if the job was released meanwhile, goes on already, or is no async job
     */
    AsyncJob goOn(AsyncOperation operation, JobMask mask);
}
