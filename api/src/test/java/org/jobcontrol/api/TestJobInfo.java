package org.jobcontrol.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** A job in whatever state a test wants to look at. */
record TestJobInfo(
        JobType type,
        String operation,
        JobState state,
        Optional<JobOutcome> outcome,
        Duration waited,
        Duration held,
        Progress progress,
        Optional<Throwable> error)
        implements JobInfo {
    private record Owner(String thread, String bundle) implements JobOwner {}

    static TestJobInfo running(String operation, Duration held, Progress progress) {
        return new TestJobInfo(
                JobType.ASYNC,
                operation,
                JobState.RUNNING,
                Optional.empty(),
                Duration.ZERO,
                held,
                progress,
                Optional.empty());
    }

    TestJobInfo ended(JobOutcome how, Optional<Throwable> why) {
        return new TestJobInfo(
                type, operation, JobState.FINISHED, Optional.of(how), waited, held, progress, why);
    }

    @Override
    public long id() {
        return 7;
    }

    @Override
    public TargetId target() {
        return TargetId.of("domain", "web-01");
    }

    @Override
    public JobSlot slot() {
        return type == JobType.ASYNC ? JobSlot.ASYNC : JobSlot.JOB;
    }

    @Override
    public JobOwner owner() {
        return new Owner("main", "com.acme.backup");
    }

    @Override
    public Instant queued() {
        return Instant.EPOCH;
    }

    @Override
    public Optional<Instant> started() {
        return Optional.of(Instant.EPOCH);
    }

    @Override
    public Optional<Instant> ended() {
        return Optional.empty();
    }

    @Override
    public Optional<String> phase() {
        return Optional.empty();
    }

    @Override
    public Optional<JobMask> mask() {
        return Optional.empty();
    }

    @Override
    public OptionalLong parentJobId() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<Instant> progressAt() {
        return Optional.empty();
    }

    @Override
    public long fence() {
        return 1;
    }
}
