package org.jobcontrol.core.engine;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.Fate.Blockers;
import org.jspecify.annotations.Nullable;

/** Takes the holds of requests that may have to wait, and refuses requests; each under one lock. */
final class Waits {
    private Waits() {}

    /** Whether a request that cannot be admitted now waits. */
    enum Otherwise {
        WAIT,
        BE_REFUSED,
        LEAVE
    }

    /** What became of an attempt to take a hold. */
    enum Taken {
        HELD,
        QUEUED,
        QUEUED_FIRST,
        NOT_NOW,
        REFUSED
    }

    /**
     * Takes a hold if it is admissible, and else queues it if it is to wait. Refuses the request if it
     * could never be admitted here.
     */
    static Taken take(Hold hold, Otherwise otherwise) {
        CoreJobObject object = hold.object;
        Request request = hold.job().waiting();
        Admission admission = object.lock();
        try {
            Fate.Refusal never =
                    never(object, admission, hold.type(), hold.job().parent());
            if (never != null) {
                request.decide(never);
            }
            if (request.decided()) {
                return Taken.REFUSED;
            }
            if (admission.admissible(hold)) {
                admission.grant(hold);
                return Taken.HELD;
            }
            if (otherwise == Otherwise.WAIT) {
                admission.enqueue(hold);
                return admission.queue.first(hold) ? Taken.QUEUED_FIRST : Taken.QUEUED;
            }
            if (otherwise == Otherwise.BE_REFUSED) {
                request.decide(refusal(object, admission, Reason.TIMEOUT, "", hold));
                return Taken.REFUSED;
            }
            return Taken.NOT_NOW;
        } finally {
            object.unlock(admission);
        }
    }

    /** Has a request that may be overtaken take the slot that is free for it, if it still is. */
    static void takeTurn(Request request) {
        Hold hold = request.current();
        Admission admission = hold.object.lock();
        try {
            admission.takeTurn(request, hold);
        } finally {
            hold.object.unlock(admission);
        }
    }

    /**
     * Refuses a request, unless it is decided.
     *
     * @param cycle the jobs in the way, if the caller knows better; otherwise empty
     * @return whether this refused it
     */
    static boolean refuse(Request request, Reason reason, String detail, List<JobInfo> cycle) {
        return refuse(request, reason, detail, cycle, false);
    }

    /** Refuses a request whose deadline has passed, unless it does not wait right now. */
    static void expire(Request request) {
        refuse(request, Reason.TIMEOUT, "", List.of(), true);
    }

    private static boolean refuse(
            Request request, Reason reason, String detail, List<JobInfo> cycle, boolean ifQueued) {
        Hold hold = request.current();
        CoreJobObject object = hold.object;
        Admission admission = object.lock();
        try {
            if (request.decided() || (ifQueued && !admission.queue.contains(hold))) {
                return false;
            }
            Fate.Refusal refusal = refusal(object, admission, reason, detail, hold);
            if (!request.decide(cycle.isEmpty() ? refusal : refusal.blamedOn(cycle))) {
                return false;
            }
            admission.leave(hold);
            admission.wakeups().add(request);
        } finally {
            object.unlock(admission);
        }
        return true;
    }

    /** Refuses everyone that waits, but nested steps. Under the lock. */
    static void refuseAll(CoreJobObject object, Admission admission, Reason reason) {
        // What runs is in the way of all of a type: so it is looked at once for each.
        Map<JobType, Blockers> inTheWay = new EnumMap<>(JobType.class);
        int agents = 0;
        int jobs = 0;
        for (Hold hold : admission.queue.all()) {
            JobType type = hold.type();
            int ahead = type.agent() ? agents++ : jobs++;
            if (type != JobType.NESTED) {
                Blockers blockers = inTheWay.computeIfAbsent(
                        type, its -> InTheWay.running(object, admission, its));
                hold.job().waiting().decide(new Fate.Refusal(object, reason, blockers, ahead, ""));
                admission.drop(hold);
            }
        }
        admission.round();
    }

    // ---- why, under the lock --------------------------------------------------------------------

    /** Returns why a request could not be admitted however long it waited, or null. */
    static Fate.@Nullable Refusal never(
            CoreJobObject object, Admission admission, JobType type, @Nullable JobEntry parent) {
        if (type == JobType.NESTED) {
            JobEntry async = admission.slots.async();
            return async == null || async != parent ? Fate.Refusal.asyncEnded(object) : null;
        }
        if (admission.closed()) {
            return Fate.Refusal.of(object, Reason.TARGET_GONE, "");
        }
        if (object.engine().closing()) {
            return Fate.Refusal.of(object, Reason.CLOSING, "");
        }
        if (!object.rules.supports(type)) {
            return Fate.Refusal.of(
                    object,
                    Reason.UNSUPPORTED,
                    "policy " + object.rules.policy.name() + " has no " + type + " jobs");
        }
        int bound = object.engine().settings().queueMax();
        boolean exempt = type == JobType.DESTROY || type == JobType.ASYNC || type == JobType.CHILD;
        if (bound > 0 && !exempt && admission.counted() >= bound) {
            String full = admission.counted() + " jobs run and wait, and the bound is " + bound;
            return new Fate.Refusal(
                    object,
                    Reason.QUEUE_FULL,
                    InTheWay.all(object, admission),
                    admission.queue.lineOf(type).size(),
                    full);
        }
        return null;
    }

    /** Describes the refusal of a hold that asks for a slot, with the jobs in its way. */
    private static Fate.Refusal refusal(
            CoreJobObject object, Admission admission, Reason reason, String detail, Hold hold) {
        return new Fate.Refusal(
                object,
                reason,
                InTheWay.of(object, admission, hold.type(), hold),
                admission.queue.ahead(hold),
                detail);
    }
}
