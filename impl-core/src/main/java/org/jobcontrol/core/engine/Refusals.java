package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;

/** Words refusals as sentences that a person can act on. */
final class Refusals {
    private static final int NAMED = 3;

    private Refusals() {}

    static JobRefusedException exception(Request request, Fate.Refusal refusal, long at) {
        Duration waited = Duration.ofNanos(at - request.queuedNanos());
        JobEntry job = subject(request, refusal.object());
        String message = sentence(job)
                + (refusal.reason() == Reason.TIMEOUT
                        ? within(request.timeout())
                        : "not begun: " + why(refusal))
                + blame(job, refusal);
        return new JobRefusedException(
                refusal.object().target,
                job.type,
                job.operation,
                refusal.reason(),
                message,
                refusal.blockers().jobs(),
                waited,
                refusal.ahead(),
                null);
    }

    /** Returns what a caller gets who withdrew a request in the moment it was admitted. */
    static JobRefusedException withdrawn(Request request) {
        CoreJobObject object = request.current().object;
        Fate.Refusal refusal = Fate.Refusal.of(object, Reason.ABORTED, "");
        return exception(request, refusal, request.engine().clock().nanos());
    }

    /** Returns what a caller gets whose job could not be recorded. */
    static JobRefusedException notRecorded(JobEntry job, Throwable cause) {
        Fate.Refusal refusal = Fate.Refusal.of(
                job.object,
                Reason.JOURNAL,
                cause.getMessage() == null ? cause.toString() : cause.getMessage());
        return new JobRefusedException(
                job.object.target,
                job.type,
                job.operation,
                Reason.JOURNAL,
                sentence(job) + "not begun: " + why(refusal),
                List.of(),
                Duration.ofNanos(job.startedNanos() - job.queuedNanos()),
                0,
                cause);
    }

    private static String sentence(JobEntry job) {
        return job.object.target + ": '" + job.operation + "' (" + job.type + ") ";
    }

    /** Returns the request's job that the refusing job object is about. */
    private static JobEntry subject(Request request, CoreJobObject object) {
        for (JobEntry job : request.jobs()) {
            if (job.object == object
                    || (job.intention() != null && job.intention().object == object)) {
                return job;
            }
        }
        return request.jobs().get(0);
    }

    static String why(Fate.Refusal refusal) {
        String detail = refusal.detail();
        String what = switch (refusal.reason()) {
            case TIMEOUT -> "its time was over";
            case QUEUE_FULL -> "the queue is full";
            case TARGET_GONE -> refusal.object().target + " is gone";
            case DEADLOCK -> "it would wait for its own thread";
            case UNSUPPORTED -> "not supported";
            case CLOSING -> "job control is closing";
            case ABORTED -> "it was aborted while it waited";
            case JOURNAL -> "it could not be recorded";
        };
        return detail.isEmpty() ? what : what + ": " + detail;
    }

    private static String within(Duration timeout) {
        return timeout.isZero() || timeout.isNegative()
                ? "cannot begin now"
                : "not begun within " + timeout;
    }

    private static String blame(JobEntry refused, Fate.Refusal refusal) {
        List<JobInfo> blockers = refusal.blockers().jobs();
        if (blockers.isEmpty()) {
            return "";
        }
        int others = Math.max(0, blockers.size() - NAMED) + refusal.blockers().more();
        String more = others > 0 ? " and " + others + " more" : "";
        boolean cycle = refusal.reason() == Reason.DEADLOCK;
        return blockers.stream()
                .limit(NAMED)
                .map(job -> cycle
                        ? name(refused.object.target, job)
                        : relation(job) + name(refused.object.target, job) + own(refused, job))
                .collect(Collectors.joining(
                        cycle ? ", which waits for " : "; ",
                        cycle ? "; it waits for " : "; ",
                        more));
    }

    private static String relation(JobInfo job) {
        return job.state() == JobState.WAITING ? "behind " : "held by ";
    }

    /** Says that a thread waits for a job that it has begun itself, which another one may end. */
    private static String own(JobEntry refused, JobInfo job) {
        return refused.owner().sameThread(job.owner()) ? ", a job of the caller's own" : "";
    }

    private static String name(TargetId target, JobInfo job) {
        boolean waits = job.state() == JobState.WAITING;
        boolean async = job.type() == JobType.ASYNC;
        StringBuilder name =
                new StringBuilder(async ? job.operation() : job.type().name());
        name.append(" #").append(job.id());
        if (!async) {
            name.append(" '").append(job.operation()).append('\'');
        }
        if (!job.target().equals(target)) {
            name.append(" on ").append(job.target());
        }
        name.append(" (bundle ").append(job.owner().bundle());
        name.append(", thread ").append(job.owner().thread()).append(')');
        name.append(waits ? " waiting for " : " for ")
                .append(millis(waits ? job.waited() : job.held()));
        job.mask().ifPresent(mask -> name.append(", mask ").append(mask));
        return name.toString();
    }

    private static Duration millis(Duration duration) {
        return Duration.ofMillis(duration.toMillis());
    }
}
