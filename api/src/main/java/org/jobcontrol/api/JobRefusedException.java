package org.jobcontrol.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a job was not admitted. It says why, names the jobs in the way, and nothing is held.
 * Its message is a sentence a person can act on.
 */
public final class JobRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a job was not admitted. Reasons may be added in a minor version. */
    public enum Reason {
        /** The deadline passed. */
        TIMEOUT,
        /** As many jobs run and wait as the queue bound allows. */
        QUEUE_FULL,
        /** The target's job object was closed. */
        TARGET_GONE,
        /** The wait would have been for a job of the waiting thread itself. */
        DEADLOCK,
        /** The target's policy does not have such jobs. */
        UNSUPPORTED,
        /** The core, or the bundle in whose name the request was made, is stopping. */
        CLOSING,
        /** Somebody aborted the waiting request. */
        ABORTED,
        /** The job could not be recorded; see the cause. */
        JOURNAL
    }

    private final transient TargetId target;
    private final JobType type;
    private final String operation;
    private final Reason reason;
    private final transient List<JobInfo> blockers;
    private final Duration waited;
    private final int ahead;

    /**
     * Describes a refusal. For the core, and for drivers that must refuse in its manner.
     *
     * @param target the target of the request
     * @param type the type of the job that was asked for
     * @param operation what it was to be for
     * @param reason why it was refused
     * @param message a sentence for people
     * @param blockers the jobs in the way at that moment
     * @param waited how long the request had waited
     * @param ahead how many requests had waited before it
     * @param cause what made it fail, or null
     */
    public JobRefusedException(
            TargetId target,
            JobType type,
            String operation,
            Reason reason,
            String message,
            List<JobInfo> blockers,
            Duration waited,
            int ahead,
            @Nullable Throwable cause) {
        super(message, cause);
        this.target = Objects.requireNonNull(target, "target");
        this.type = Objects.requireNonNull(type, "type");
        this.operation = Objects.requireNonNull(operation, "operation");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.blockers = List.copyOf(blockers);
        this.waited = Objects.requireNonNull(waited, "waited");
        this.ahead = ahead;
    }

    /**
     * Finds a refusal among a failure and its causes, such as inside a {@link
     * java.util.concurrent.CompletionException}.
     *
     * @param failure any failure
     * @return the refusal, or empty if the failure has another cause
     */
    public static Optional<JobRefusedException> in(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof JobRefusedException refusal) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the target of the request.
     *
     * @return its id; of several targets, the one on which it was refused
     */
    public TargetId target() {
        return target;
    }

    /**
     * Returns the type of the job that was asked for.
     *
     * @return its type
     */
    public JobType type() {
        return type;
    }

    /**
     * Returns what the job was to be for.
     *
     * @return the caller's name for the work, or the name of the async operation
     */
    public String operation() {
        return operation;
    }

    /**
     * Returns why the job was refused.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns the jobs that were in the way: those that held a slot, and those that waited before
     * this request and held it back; of many, a hundred. For {@link Reason#DEADLOCK}, the jobs of the
     * cycle.
     *
     * @return the jobs as they were at that moment
     */
    public List<JobInfo> blockers() {
        return blockers;
    }

    /**
     * Returns how long the request had waited.
     *
     * @return the time; zero if it was refused at once
     */
    public Duration waited() {
        return waited;
    }

    /**
     * Returns how many requests had waited before this one.
     *
     * @return the number; those of the agent slot are a line of their own
     */
    public int ahead() {
        return ahead;
    }
}
