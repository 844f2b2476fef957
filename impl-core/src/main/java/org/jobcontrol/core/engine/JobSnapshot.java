package org.jobcontrol.core.engine;

import java.time.Duration;
import java.time.Instant;
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

/** What is known of a job at one moment. */
record JobSnapshot(
        long id,
        TargetId target,
        JobSlot slot,
        JobType type,
        String operation,
        JobOwner owner,
        JobState state,
        Optional<JobOutcome> outcome,
        Instant queued,
        Optional<Instant> started,
        Optional<Instant> ended,
        Duration waited,
        Duration held,
        Optional<String> phase,
        Optional<JobMask> mask,
        OptionalLong parentJobId,
        Progress progress,
        Optional<Instant> progressAt,
        Optional<Throwable> error,
        long fence)
        implements JobInfo {

    static JobSnapshot of(JobEntry job) {
        Fate fate = job.request().fate();
        if (fate == null) {
            return waiting(job);
        }
        return fate.refusal() == null ? admitted(job, fate) : refused(job, fate, fate.refusal());
    }

    /** Returns the job behind a hold as the hold's job object shows it. */
    static JobInfo ofHold(Hold hold) {
        JobSnapshot job = of(hold.job);
        return hold == hold.job.hold ? job : job.asChildOn(hold.object.target);
    }

    /** Returns this job with what its driver says of its progress. */
    JobSnapshot withProgress(Progress value) {
        return new JobSnapshot(
                id,
                target,
                slot,
                type,
                operation,
                owner,
                state,
                outcome,
                queued,
                started,
                ended,
                waited,
                held,
                phase,
                mask,
                parentJobId,
                value,
                progressAt,
                error,
                fence);
    }

    private JobSnapshot asChildOn(TargetId parent) {
        return new JobSnapshot(
                id,
                parent,
                JobSlot.JOB,
                JobType.CHILD,
                operation,
                owner,
                state,
                outcome,
                queued,
                started,
                ended,
                waited,
                held,
                Optional.empty(),
                Optional.empty(),
                parentJobId,
                progress,
                progressAt,
                error,
                fence);
    }

    private static JobSnapshot waiting(JobEntry job) {
        EngineClock clock = job.request().engine().clock();
        long queued = job.request().queuedNanos();
        return base(
                job,
                JobState.WAITING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofNanos(clock.nanos() - queued),
                Duration.ZERO,
                Optional.empty());
    }

    private static JobSnapshot refused(JobEntry job, Fate fate, Fate.Refusal refusal) {
        EngineClock clock = job.request().engine().clock();
        boolean aborted = refusal.reason() == org.jobcontrol.api.JobRefusedException.Reason.ABORTED;
        return base(
                job,
                JobState.FINISHED,
                Optional.of(aborted ? JobOutcome.ABORTED : JobOutcome.FAILED),
                Optional.empty(),
                Optional.of(clock.instant(fate.at())),
                Duration.ofNanos(fate.at() - job.request().queuedNanos()),
                Duration.ZERO,
                Optional.of(Refusals.exception(job.request(), refusal, fate.at())));
    }

    private static JobSnapshot admitted(JobEntry job, Fate fate) {
        EngineClock clock = job.request().engine().clock();
        Life life = job.life();
        boolean over = life.stage() == Life.Stage.FINISHED;
        long until = over ? life.endedNanos() : clock.nanos();
        boolean failed = over && life.outcome() != JobOutcome.COMPLETED;
        return base(
                job,
                state(life),
                over ? Optional.ofNullable(life.outcome()) : Optional.empty(),
                Optional.of(clock.instant(fate.at())),
                over ? Optional.of(clock.instant(until)) : Optional.empty(),
                Duration.ofNanos(fate.at() - job.request().queuedNanos()),
                Duration.ofNanos(until - fate.at()),
                failed ? Optional.ofNullable(life.failure()) : Optional.empty());
    }

    private static JobState state(Life life) {
        return switch (life.stage()) {
            case RUNNING, CLOSED -> JobState.RUNNING;
            case ABORTING -> JobState.ABORTING;
            case FINISHED -> JobState.FINISHED;
        };
    }

    private static JobSnapshot base(
            JobEntry job,
            JobState state,
            Optional<JobOutcome> outcome,
            Optional<Instant> started,
            Optional<Instant> ended,
            Duration waited,
            Duration held,
            Optional<Throwable> error) {
        EngineClock clock = job.request().engine().clock();
        Life life = job.life();
        Progress progress = job.progress();
        return new JobSnapshot(
                job.id,
                job.hold.object.target,
                slot(job.type),
                job.type,
                job.operation,
                job.owner(),
                state,
                outcome,
                clock.instant(job.request().queuedNanos()),
                started,
                ended,
                waited,
                held,
                life.phase().isEmpty() ? Optional.empty() : Optional.of(life.phase()),
                job.type == JobType.ASYNC ? Optional.of(life.mask()) : Optional.empty(),
                job.parent == null ? OptionalLong.empty() : OptionalLong.of(job.parent.id),
                progress,
                progress.equals(Progress.NONE)
                        ? Optional.empty()
                        : Optional.of(clock.instant(job.progressNanos())),
                error,
                job.request().admitted() ? job.fence() : 0);
    }

    private static JobSlot slot(JobType type) {
        if (type.agent()) {
            return JobSlot.AGENT;
        }
        return type == JobType.ASYNC ? JobSlot.ASYNC : JobSlot.JOB;
    }
}
