package org.jobcontrol.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobOwner;
import org.jobcontrol.api.JobSlot;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.JobRecord;

/**
 * A job that ended before the engine started, as its journal tells.
 *
 * @param record what the journal has of it
 * @param end how it ended
 */
record PastJob(JobRecord record, JobRecord.End end) implements JobInfo {
    static PastJob of(JobRecord ended) {
        return new PastJob(ended, Objects.requireNonNull(ended.end(), "end"));
    }

    boolean endedSince(Instant from) {
        return !end.at().isBefore(from);
    }

    @Override
    public long id() {
        return record.id();
    }

    @Override
    public TargetId target() {
        return record.target();
    }

    @Override
    public JobSlot slot() {
        return type() == JobType.ASYNC ? JobSlot.ASYNC : JobSlot.JOB;
    }

    @Override
    public JobType type() {
        return record.type();
    }

    @Override
    public String operation() {
        return record.operation();
    }

    @Override
    public JobOwner owner() {
        return new Owner(record.thread(), record.bundle(), JobEngine.NO_BUNDLE);
    }

    @Override
    public JobState state() {
        return JobState.FINISHED;
    }

    @Override
    public Optional<JobOutcome> outcome() {
        return Optional.of(end.outcome());
    }

    @Override
    public Instant queued() {
        return record.queued();
    }

    @Override
    public Optional<Instant> started() {
        return Optional.of(record.started());
    }

    @Override
    public Optional<Instant> ended() {
        return Optional.of(end.at());
    }

    @Override
    public Duration waited() {
        return Duration.between(record.queued(), record.started());
    }

    @Override
    public Duration held() {
        return Duration.between(record.started(), end.at());
    }

    @Override
    public Optional<String> phase() {
        return record.phase().isEmpty() ? Optional.empty() : Optional.of(record.phase());
    }

    @Override
    public Optional<JobMask> mask() {
        return type() == JobType.ASYNC ? Optional.of(record.mask()) : Optional.empty();
    }

    @Override
    public OptionalLong parentJobId() {
        return OptionalLong.empty();
    }

    @Override
    public Progress progress() {
        return record.progress();
    }

    @Override
    public Optional<Instant> progressAt() {
        return progress().equals(Progress.NONE) ? Optional.empty() : ended();
    }

    /** Returns what it failed for; of the exception, the text is kept. */
    @Override
    public Optional<Throwable> error() {
        return end.error().isEmpty()
                ? Optional.empty()
                : Optional.of(new IllegalStateException(end.error()));
    }

    @Override
    public long fence() {
        return record.fence();
    }
}
