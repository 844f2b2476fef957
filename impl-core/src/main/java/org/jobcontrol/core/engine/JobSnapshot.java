package org.jobcontrol.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobOwner;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobSlot;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job at one moment. Keeps plain values, and wraps them for whoever looks.
 */
final class JobSnapshot implements JobInfo {
    private static final long NO_PARENT = -1;

    private final long id;
    private final TargetId target;
    private final JobType type;
    private final String operation;
    private final JobOwner owner;
    private final JobState state;
    private final @Nullable JobOutcome outcome;
    private final EngineClock clock;
    private final long queuedNanos;

    /** When it was admitted or refused; of one that waits, when this was made. */
    private final long decidedNanos;

    /** When it ended; of one that runs, when this was made. */
    private final long untilNanos;

    private final boolean admitted;
    private final String phase;
    private final @Nullable JobMask mask;
    private final long parent;
    private final Progress progress;
    private final long progressNanos;
    private final @Nullable Throwable error;
    private final long fence;

    private JobSnapshot(
            JobEntry job,
            Life life,
            JobState state,
            @Nullable JobOutcome outcome,
            boolean admitted,
            long decidedNanos,
            long untilNanos,
            @Nullable Throwable error) {
        this.id = job.id;
        this.target = job.object.target;
        this.type = job.type;
        this.operation = job.operation;
        this.owner = job.owner();
        this.state = state;
        this.outcome = outcome;
        this.clock = job.object.engine().clock();
        this.queuedNanos = job.queuedNanos();
        this.decidedNanos = decidedNanos;
        this.untilNanos = untilNanos;
        this.admitted = admitted;
        this.phase = life.phase();
        this.mask = job.type == JobType.ASYNC ? job.mask() : null;
        JobEntry above = job.parent();
        this.parent = above == null ? NO_PARENT : above.id;
        Extras extras = life.extras();
        this.progress = extras == null ? Progress.NONE : extras.progress();
        this.progressNanos = extras == null ? 0 : extras.progressNanos();
        this.error = error;
        this.fence = admitted ? job.fence() : 0;
    }

    /** Copies a snapshot as another type of job on another target, or with other progress. */
    private JobSnapshot(
            JobSnapshot from, TargetId target, JobType type, String phase, Progress progress) {
        this.id = from.id;
        this.target = target;
        this.type = type;
        this.operation = from.operation;
        this.owner = from.owner;
        this.state = from.state;
        this.outcome = from.outcome;
        this.clock = from.clock;
        this.queuedNanos = from.queuedNanos;
        this.decidedNanos = from.decidedNanos;
        this.untilNanos = from.untilNanos;
        this.admitted = from.admitted;
        this.phase = phase;
        this.mask = type == JobType.ASYNC ? from.mask : null;
        this.parent = from.parent;
        this.progress = progress;
        this.progressNanos = from.progressNanos;
        this.error = from.error;
        this.fence = from.fence;
    }

    static JobSnapshot of(JobEntry job) {
        return of(job, job.object.engine().clock().nanos());
    }

    private static JobSnapshot of(JobEntry job, long now) {
        Request request = job.request();
        if (request == null) {
            return job.entered() ? admitted(job, now) : waiting(job, now);
        }
        Fate fate = request.fate();
        if (fate == null) {
            return waiting(job, now);
        }
        Fate.Refusal refusal = fate.refusal();
        return refusal == null ? admitted(job, now) : refused(job, request, fate, refusal);
    }

    private static JobSnapshot waiting(JobEntry job, long now) {
        long until = Math.max(job.queuedNanos(), now);
        return new JobSnapshot(job, job.life(), JobState.WAITING, null, false, until, until, null);
    }

    private static JobSnapshot refused(
            JobEntry job, Request request, Fate fate, Fate.Refusal refusal) {
        boolean aborted = refusal.reason() == Reason.ABORTED;
        return new JobSnapshot(
                job,
                job.life(),
                JobState.FINISHED,
                aborted ? JobOutcome.ABORTED : JobOutcome.FAILED,
                false,
                fate.at(),
                fate.at(),
                Refusals.exception(request, refusal, fate.at()));
    }

    private static JobSnapshot admitted(JobEntry job, long now) {
        Life life = job.life();
        boolean over = life.stage() == Life.Stage.FINISHED;
        boolean failed = over ? life.outcome() != JobOutcome.COMPLETED : job.recovering();
        long started = job.startedNanos();
        // The moment of a start may be known more exactly than that of now or of an end.
        long until = over ? job.endedNanos() : now;
        return new JobSnapshot(
                job,
                life,
                job.recovering() && !over ? JobState.RECOVERING : state(life),
                over ? life.outcome() : null,
                true,
                started,
                Math.max(started, until),
                failed ? life.failure() : null);
    }

    private static JobState state(Life life) {
        return switch (life.stage()) {
            case RUNNING -> stands(life) ? JobState.PAUSED : JobState.RUNNING;
            case CLOSED -> JobState.RUNNING;
            case ABORTING -> JobState.ABORTING;
            case FINISHED -> JobState.FINISHED;
        };
    }

    private static boolean stands(Life life) {
        Extras extras = life.extras();
        return extras != null && extras.stands();
    }

    /** Returns the job behind a hold as the hold's job object shows it. */
    static JobInfo ofHold(Hold hold, long now) {
        JobSnapshot job = of(hold.job(), now);
        return hold == hold.job()
                ? job
                : new JobSnapshot(job, hold.object.target, JobType.CHILD, "", job.progress);
    }

    /** Returns this job with what its driver says of its progress. */
    JobSnapshot withProgress(Progress value) {
        return new JobSnapshot(this, target, type, phase, value);
    }

    // ---- for whoever looks ----------------------------------------------------------------------

    @Override
    public long id() {
        return id;
    }

    @Override
    public TargetId target() {
        return target;
    }

    @Override
    public JobSlot slot() {
        if (type.agent()) {
            return JobSlot.AGENT;
        }
        return type == JobType.ASYNC ? JobSlot.ASYNC : JobSlot.JOB;
    }

    @Override
    public JobType type() {
        return type;
    }

    @Override
    public String operation() {
        return operation;
    }

    @Override
    public JobOwner owner() {
        return owner;
    }

    @Override
    public JobState state() {
        return state;
    }

    @Override
    public Optional<JobOutcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    @Override
    public Instant queued() {
        return clock.instant(queuedNanos);
    }

    @Override
    public Optional<Instant> started() {
        return admitted ? Optional.of(clock.instant(decidedNanos)) : Optional.empty();
    }

    @Override
    public Optional<Instant> ended() {
        return state == JobState.FINISHED
                ? Optional.of(clock.instant(untilNanos))
                : Optional.empty();
    }

    @Override
    public Duration waited() {
        return Duration.ofNanos(decidedNanos - queuedNanos);
    }

    @Override
    public Duration held() {
        return Duration.ofNanos(untilNanos - decidedNanos);
    }

    @Override
    public Optional<String> phase() {
        return phase.isEmpty() ? Optional.empty() : Optional.of(phase);
    }

    @Override
    public Optional<JobMask> mask() {
        return Optional.ofNullable(mask);
    }

    @Override
    public OptionalLong parentJobId() {
        return parent == NO_PARENT ? OptionalLong.empty() : OptionalLong.of(parent);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Optional<Instant> progressAt() {
        return progress.equals(Progress.NONE)
                ? Optional.empty()
                : Optional.of(clock.instant(progressNanos));
    }

    @Override
    public Optional<Throwable> error() {
        return Optional.ofNullable(error);
    }

    @Override
    public long fence() {
        return fence;
    }

    /** Returns what people read in a log. */
    @Override
    public String toString() {
        return "job #" + id + " " + type + " '" + operation + "' on " + target + ", " + state
                + (outcome == null ? "" : " " + outcome);
    }
}
