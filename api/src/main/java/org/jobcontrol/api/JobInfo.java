package org.jobcontrol.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is known of a job at one moment: a snapshot, made when somebody looks. Immutable; it does
 * not follow the job.
 */
@ProviderType
public interface JobInfo {
    /**
     * Returns the job's number, unique among all jobs of all targets. The {@link JobType#CHILD}
     * hold of a volume's job on its pool carries the number of that job.
     *
     * @return the id
     */
    long id();

    /**
     * Returns what the job runs on.
     *
     * @return the target's id
     */
    TargetId target();

    /**
     * Returns the slot the job holds or waits for.
     *
     * @return the slot
     */
    JobSlot slot();

    /**
     * Returns what the job may do.
     *
     * @return the type; {@link JobType#ASYNC} for an async job
     */
    JobType type();

    /**
     * Returns what the job is about.
     *
     * @return the caller's name for its work, or the name of an async job's operation
     */
    String operation();

    /**
     * Returns who holds the job.
     *
     * @return the owner
     */
    JobOwner owner();

    /**
     * Returns where the job is in its life.
     *
     * @return the state
     */
    JobState state();

    /**
     * Returns how the job ended.
     *
     * @return the outcome, or empty while the job waits or runs
     */
    Optional<JobOutcome> outcome();

    /**
     * Returns when the job was asked for.
     *
     * @return the instant
     */
    Instant queued();

    /**
     * Returns when the job was admitted.
     *
     * @return the instant, or empty if it was not
     */
    Optional<Instant> started();

    /**
     * Returns when the job ended.
     *
     * @return the instant, or empty if it has not
     */
    Optional<Instant> ended();

    /**
     * Returns how long the job waited to be admitted. Time before {@link #started()} and after it
     * is never added up.
     *
     * @return the time until now, or until the wait was over
     */
    Duration waited();

    /**
     * Returns how long the job has held its slot.
     *
     * @return the time until now, or until it ended; zero while it waits
     */
    Duration held();

    /**
     * Returns how far an async job has got.
     *
     * @return the phase, or empty if none was set
     */
    Optional<String> phase();

    /**
     * Returns the types that may run beside an async job.
     *
     * @return the mask, or empty for other jobs
     */
    Optional<JobMask> mask();

    /**
     * Returns the job that this one is a part of: the async job of a nested job, or the job of the
     * pool under which a volume's job was begun.
     *
     * @return the other job's id, or empty
     */
    OptionalLong parentJobId();

    /**
     * Returns what the owner last reported.
     *
     * @return the progress; {@link Progress#NONE} if nothing was reported
     */
    Progress progress();

    /**
     * Returns when the owner last reported progress.
     *
     * @return the instant, or empty if it never did
     */
    Optional<Instant> progressAt();

    /**
     * Returns why the job failed.
     *
     * <p>Of an exception whose class, or that of one of its causes, comes from a bundle, this is a copy: with
     * its text, its stack trace and its causes, but of another type. So a job keeps no bundle that is gone.
     * Who awaits the work gets the exception itself.
     *
     * @return what the owner passed to {@link Job#fail} or the work threw, or the refusal of a job that
     *     was never admitted; empty if the job did not fail
     */
    Optional<Throwable> error();

    /**
     * Returns the job's fence; see {@link Job#fence()}.
     *
     * @return the fence, or 0 if the job was not admitted
     */
    long fence();

    /**
     * Returns a text in the layout of {@code virsh domjobinfo}.
     *
     * @return several lines, each ended by a line feed
     */
    default String toText() {
        return JobText.of(this);
    }
}
