package org.jobcontrol.core.engine;

import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.Explanation;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;

/** Says whether a job could begin at one moment, and by which rule. */
record ExplanationRecord(
        boolean admissible, Optional<Reason> reason, String rule, List<JobInfo> blockers, int ahead)
        implements Explanation {

    private static ExplanationRecord admissible(JobType type) {
        return new ExplanationRecord(
                true,
                Optional.empty(),
                type + " is admitted: its slot is free and nobody goes first",
                List.of(),
                0);
    }

    private static ExplanationRecord never(JobType type, Fate.Refusal refusal) {
        return new ExplanationRecord(
                false,
                Optional.of(refusal.reason()),
                type + " is refused: " + Refusals.why(refusal),
                refusal.blockers().jobs(),
                refusal.ahead());
    }

    /** Looks; under the lock of what admits there. */
    static ExplanationRecord of(CoreJobObject object, Admission admission, JobType type) {
        Fate.Refusal never = Waits.never(object, admission, type, null);
        if (never != null) {
            return never(type, never);
        }
        if (admission.admissible(type, object.parent() == null)) {
            return admissible(type);
        }
        boolean own = InTheWay.waitsForItself(object, admission, type, Thread.currentThread());
        return new ExplanationRecord(
                false,
                Optional.of(own ? Reason.DEADLOCK : Reason.TIMEOUT),
                rule(object, admission.slots, type),
                InTheWay.of(object, admission, type, null).jobs(),
                admission.queue.lineOf(type).size());
    }

    private static String rule(CoreJobObject object, Slots slots, JobType type) {
        if (object.succession().predecessor() != null) {
            return type + " waits: jobs still run on a target of this name that is gone";
        }
        JobEntry async = slots.async();
        if (async != null && slots.keptOutByAsync(type)) {
            String what = "the async job " + async.operation;
            return type == JobType.ASYNC
                    ? "ASYNC waits: there is one async job at a time, and " + what + " runs"
                    : type + " waits: " + what + " lets in only "
                            + object.rules.effectiveMask(async);
        }
        if (slots.keptOutBySlot(type)) {
            Hold holder = type.agent() ? slots.agent() : slots.jobs().head();
            return type + " waits: it does not share the slot with "
                    + (holder == null ? "" : holder.type());
        }
        return type + " waits: jobs that asked before go first";
    }
}
