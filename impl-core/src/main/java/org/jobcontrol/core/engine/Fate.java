package org.jobcontrol.core.engine;

import java.util.List;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request: admitted or refused. Decided once.
 *
 * @param refusal why it was refused, or null if it was admitted
 * @param at the monotonic time of the decision
 */
record Fate(@Nullable Refusal refusal, long at) {
    /**
     * Why, where and by whose fault a request was refused.
     *
     * @param object where it was refused
     * @param reason why
     * @param blockers the jobs in the way
     * @param ahead how many waited before it
     * @param detail a sentence that says more, or an empty string
     */
    record Refusal(
            CoreJobObject object, Reason reason, Blockers blockers, int ahead, String detail) {
        static Refusal of(CoreJobObject object, Reason reason, String detail) {
            return new Refusal(object, reason, Blockers.NONE, 0, detail);
        }

        /** Returns why a nested job is refused whose async job runs no more. */
        static Refusal asyncEnded(CoreJobObject object) {
            return of(object, Reason.ABORTED, "its async job has ended");
        }

        /** Returns this refusal with other jobs to blame. */
        Refusal blamedOn(List<JobInfo> jobs) {
            return new Refusal(object, reason, new Blockers(jobs, 0), ahead, detail);
        }
    }

    /**
     * The jobs in the way of a request.
     *
     * @param jobs those that are named
     * @param more how many others there are
     */
    record Blockers(List<JobInfo> jobs, int more) {
        static final Blockers NONE = new Blockers(List.of(), 0);
    }

    boolean admitted() {
        return refusal == null;
    }
}
