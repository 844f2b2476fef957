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

    static ExplanationRecord admissible(JobType type) {
        return new ExplanationRecord(
                true,
                Optional.empty(),
                type + " is admitted: its slot is free and nobody goes first",
                List.of(),
                0);
    }

    static ExplanationRecord never(JobType type, Fate.Refusal refusal) {
        return new ExplanationRecord(
                false,
                Optional.of(refusal.reason()),
                type + " is refused: " + Refusals.why(refusal),
                refusal.blockers(),
                refusal.ahead());
    }

    /** Returns which rule keeps a type out; under the lock of the job object. */
    static String rule(JobType type, Slots slots, boolean predecessorRuns) {
        if (predecessorRuns) {
            return type + " waits: jobs still run on a target of this name that is gone";
        }
        Hold async = slots.async();
        if (async != null && slots.keptOutByAsync(type)) {
            String what = "the async job " + async.job.operation;
            return type == JobType.ASYNC
                    ? "ASYNC waits: there is one async job at a time, and " + what + " runs"
                    : type + " waits: " + what + " lets in only " + slots.effectiveMask(async.job);
        }
        if (slots.keptOutBySlot(type)) {
            Hold holder = type.agent() ? slots.agent() : slots.jobs().get(0);
            return type + " waits: it does not share the slot with "
                    + (holder == null ? "" : holder.type);
        }
        return type + " waits: jobs that asked before go first";
    }
}
