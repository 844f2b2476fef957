package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/** The job object of one target: its slots, its queue, and who is admitted when. */
final class CoreJobObject {
    /*
     * Overview.
     *                       +------------------ job object ------------------+
     *   job line            |  job slot        agent slot      async slot    |
     *   W4 W3 W1  --------> |  [ QUERY ]       [          ]    [ SAVE ]      |  mask: QUERY, DESTROY
     *   agent line  W2 ---> |                                                |
     *                       +------------------------------------------------+
     *
     * Who is admitted when is the rule in Admission.
     *
     * Admission. Whoever runs the round fills the slot, so a waiter owns its hold before it wakes. The
     * hold that completes a request admits it, by one compare-and-set in Request; if the request was
     * refused in that moment, the hold is let go in the same round.
     *
     * Abandoned waits. Whoever refuses a request takes its waiting hold out of the queue under this
     * lock and runs a round: the leaver may have been the one that held the others back. Holds that
     * the request has elsewhere it gives back itself (Request.giveBack).
     *
     * Successors. A job object that is closed while jobs run is followed by a new one for the same id,
     * which admits nothing until its predecessor is idle.
     *
     * Locking. The lock guards everything here. It is a leaf, but that a successor's is taken before
     * its predecessor's. Under it nothing is logged, no foreign code runs and no stage completes: who is
     * to be woken is gathered in Wakeups and woken after.
     */
    private static final int BLOCKERS_SHOWN = 100;

    /** Whether a request that cannot be admitted now waits. */
    enum Otherwise {
        WAIT,
        BE_REFUSED,
        LEAVE
    }

    final TargetId target;
    final AdmissionPolicy policy;
    final ReentrantLock lock = new ReentrantLock();
    private final JobEngine engine;

    @GuardedBy("lock")
    private final Admission admission;

    @GuardedBy("lock")
    private @Nullable CoreJobObject predecessor;

    @GuardedBy("lock")
    private @Nullable CoreJobObject successor;

    private volatile boolean closed;
    private volatile @Nullable CoreJobObject parent;
    private volatile @Nullable JobInfo completed;

    CoreJobObject(
            JobEngine engine,
            TargetId target,
            AdmissionPolicy policy,
            @Nullable CoreJobObject parent) {
        this.engine = engine;
        this.target = target;
        this.policy = policy;
        this.parent = parent;
        this.admission = new Admission(policy, engine.fences());
    }

    /** Returns the job object of the parent target as last seen; it may be closed. */
    @Nullable
    CoreJobObject parent() {
        return parent;
    }

    void parent(CoreJobObject anew) {
        parent = anew;
    }

    // ---- requests -------------------------------------------------------------------------------

    /**
     * Takes a hold if it is admissible, and else queues it if it is to wait. Refuses the request if it
     * could never be admitted here.
     *
     * @return where the hold is after that: HELD, QUEUED, WANTED for "not now", or LET_GO if the
     *     request is decided
     */
    Hold.Stage take(Hold hold, Otherwise otherwise) {
        Request request = hold.job.request();
        lock.lock();
        try {
            Fate.Refusal never = neverAdmitted(hold.type, hold.job.parent);
            if (never != null) {
                request.decide(never);
            }
            if (request.decided()) {
                hold.stage = Hold.Stage.LET_GO;
            } else if (admission.admissible(hold)) {
                admission.grant(hold);
            } else if (otherwise == Otherwise.WAIT) {
                admission.enqueue(hold);
            } else if (otherwise == Otherwise.BE_REFUSED) {
                request.decide(refusal(Reason.TIMEOUT, "", hold));
                hold.stage = Hold.Stage.LET_GO;
            }
            return hold.stage;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses the request that a hold is for, unless it is decided.
     *
     * @param cycle the jobs in the way, if the caller knows better; otherwise empty
     * @return whether this refused it
     */
    boolean refuse(Hold hold, Reason reason, String detail, List<JobInfo> cycle) {
        return refuse(hold, reason, detail, cycle, false);
    }

    /** Refuses a request whose deadline has passed, unless this hold waits no more. */
    void expire(Hold hold) {
        refuse(hold, Reason.TIMEOUT, "", List.of(), true);
    }

    private boolean refuse(
            Hold hold, Reason reason, String detail, List<JobInfo> cycle, boolean ifQueued) {
        Request request = hold.job.request();
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            if (request.decided() || (ifQueued && hold.stage != Hold.Stage.QUEUED)) {
                return false;
            }
            Fate.Refusal refusal = refusal(reason, detail, hold);
            if (!request.decide(cycle.isEmpty() ? refusal : refusal.blamedOn(cycle))) {
                return false;
            }
            remove(hold, wakeups);
            wakeups.add(request);
        } finally {
            lock.unlock();
        }
        wakeups.run();
        return true;
    }

    /** Gives a hold back, wherever it is, and lets in whoever is admissible then. */
    void letGo(Hold hold) {
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            remove(hold, wakeups);
        } finally {
            lock.unlock();
        }
        wakeups.run();
    }

    /** Ends a job's hold here and keeps what is known of the job as the last one completed. */
    void end(Hold hold, JobInfo record) {
        completed = record;
        letGo(hold);
    }

    /**
     * Sets the mask of an async job that runs here and lets in whoever it lets in. In one step: a
     * newcomer that saw the new mask before the round would pass those that wait.
     */
    void mask(JobEntry async, JobMask mask) {
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            async.update(life -> life.mask(mask));
            admission.round(wakeups);
        } finally {
            lock.unlock();
        }
        wakeups.run();
    }

    /** Refuses everyone that waits, but nested steps: they let a running async job come to its end. */
    void refuseAll(Reason reason) {
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            refuseAll(reason, wakeups);
        } finally {
            lock.unlock();
        }
        wakeups.run();
    }

    // ---- coming and going of targets ------------------------------------------------------------

    /** Refuses everyone that waits, and whoever comes later. */
    void close() {
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            closed = true;
            refuseAll(Reason.TARGET_GONE, wakeups);
            noteIfIdle(wakeups);
        } finally {
            lock.unlock();
        }
        wakeups.run();
    }

    boolean closed() {
        return closed;
    }

    /** Makes another job object wait until this closed one is idle. */
    void succeededBy(CoreJobObject next) {
        next.lock.lock();
        try {
            lock.lock();
            try {
                if (!idle()) {
                    successor = next;
                    next.predecessor = this;
                    next.admission.barred(true);
                }
            } finally {
                lock.unlock();
            }
        } finally {
            next.lock.unlock();
        }
    }

    /** Gives way: this job object is closed and idle. */
    void giveWay() {
        CoreJobObject next;
        lock.lock();
        try {
            next = successor;
            successor = null;
        } finally {
            lock.unlock();
        }
        engine.forget(this);
        if (next != null) {
            next.predecessorGone();
        }
    }

    private void predecessorGone() {
        Wakeups wakeups = new Wakeups();
        lock.lock();
        try {
            predecessor = null;
            admission.barred(false);
            admission.round(wakeups);
            noteIfIdle(wakeups);
        } finally {
            lock.unlock();
        }
        wakeups.run();
    }

    // ---- looking --------------------------------------------------------------------------------

    Optional<JobInfo> completed() {
        return Optional.ofNullable(completed);
    }

    ObjectSnapshot snapshot() {
        lock.lock();
        try {
            return ObjectSnapshot.of(target, admission.slots, admission.queue, closed);
        } finally {
            lock.unlock();
        }
    }

    /** Returns every job that runs or waits here, those of predecessors included. */
    List<JobEntry> jobs() {
        lock.lock();
        try {
            List<JobEntry> jobs = new ArrayList<>();
            if (predecessor != null) {
                jobs.addAll(predecessor.jobs());
            }
            admission.slots.all().forEach(hold -> jobs.add(hold.job));
            admission.queue.all().forEach(hold -> jobs.add(hold.job));
            return jobs;
        } finally {
            lock.unlock();
        }
    }

    List<JobEntry> jobSlot() {
        lock.lock();
        try {
            return admission.slots.jobs().stream().map(hold -> hold.job).toList();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    JobEntry asyncSlot() {
        lock.lock();
        try {
            Hold async = admission.slots.async();
            return async == null ? null : async.job;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    List<JobEntry> waitedForBy(Hold hold) {
        lock.lock();
        try {
            if (hold.stage != Hold.Stage.QUEUED) {
                return List.of();
            }
            List<JobEntry> jobs = admission.waitedForBy(hold);
            if (predecessor != null) {
                jobs.addAll(predecessor.jobs());
            }
            return jobs;
        } finally {
            lock.unlock();
        }
    }

    ExplanationRecord explain(JobType type) {
        lock.lock();
        try {
            Fate.Refusal never = neverAdmitted(type, null);
            if (never != null) {
                return ExplanationRecord.never(type, never);
            }
            if (admission.admissible(type)) {
                return ExplanationRecord.admissible(type);
            }
            List<JobEntry> inTheWay = inTheWayOf(type, null);
            boolean own =
                    inTheWay.stream().anyMatch(job -> job.boundTo() == Thread.currentThread());
            return new ExplanationRecord(
                    false,
                    Optional.of(own ? Reason.DEADLOCK : Reason.TIMEOUT),
                    ExplanationRecord.rule(type, admission.slots, predecessor != null),
                    snapshots(inTheWay),
                    admission.queue.lineOf(type).size());
        } finally {
            lock.unlock();
        }
    }

    // ---- the rule, under the lock ---------------------------------------------------------------

    /** Returns why a request could not be admitted however long it waited, or null. */
    @GuardedBy("lock")
    private Fate.@Nullable Refusal neverAdmitted(JobType type, @Nullable JobEntry parent) {
        if (type == JobType.NESTED) {
            Hold async = admission.slots.async();
            boolean ended = async == null || async.job != parent;
            return ended ? refusal(Reason.ABORTED, "its async job has ended", null) : null;
        }
        if (closed) {
            return refusal(Reason.TARGET_GONE, "", null);
        }
        if (engine.closing()) {
            return refusal(Reason.CLOSING, "", null);
        }
        boolean supported = type == JobType.ASYNC
                ? policy.async()
                : type == JobType.CHILD || policy.supported().contains(type);
        if (!supported) {
            return refusal(
                    Reason.UNSUPPORTED,
                    "policy " + policy.name() + " has no " + type + " jobs",
                    null);
        }
        int bound = engine.settings().queueMax();
        boolean exempt = type == JobType.DESTROY || type == JobType.ASYNC || type == JobType.CHILD;
        if (bound > 0 && !exempt && admission.counted() >= bound) {
            String full = admission.counted() + " jobs run and wait, and the bound is " + bound;
            return new Fate.Refusal(
                    this,
                    Reason.QUEUE_FULL,
                    snapshots(jobs()),
                    admission.queue.lineOf(type).size(),
                    full);
        }
        return null;
    }

    /** Describes a refusal; of a hold that asks for a slot, with the jobs in its way. */
    @GuardedBy("lock")
    private Fate.Refusal refusal(Reason reason, String detail, @Nullable Hold hold) {
        if (hold == null) {
            return new Fate.Refusal(this, reason, List.of(), 0, detail);
        }
        return new Fate.Refusal(
                this,
                reason,
                snapshots(inTheWayOf(hold.type, hold)),
                admission.queue.ahead(hold),
                detail);
    }

    @GuardedBy("lock")
    private void refuseAll(Reason reason, Wakeups wakeups) {
        for (Hold hold : admission.queue.all()) {
            if (hold.type != JobType.NESTED) {
                hold.job.request().decide(refusal(reason, "", hold));
                drop(hold, wakeups);
            }
        }
        admission.round(wakeups);
    }

    /** Takes a waiting hold, whose request is refused, out of the queue; a round must follow. */
    @GuardedBy("lock")
    private void drop(Hold hold, Wakeups wakeups) {
        admission.queue.remove(hold);
        hold.stage = Hold.Stage.LET_GO;
        wakeups.add(hold.job.request());
    }

    /** Takes a hold out of its slot or the queue, and lets in whoever is admissible then. */
    @GuardedBy("lock")
    private void remove(Hold hold, Wakeups wakeups) {
        Hold.Stage was = hold.stage;
        hold.stage = Hold.Stage.LET_GO;
        if (was == Hold.Stage.HELD) {
            admission.slots.remove(hold);
            if (hold.type == JobType.ASYNC) {
                refuseStepsOf(hold.job, wakeups);
            }
        } else if (was == Hold.Stage.QUEUED) {
            admission.queue.remove(hold);
        } else {
            return;
        }
        admission.round(wakeups);
        noteIfIdle(wakeups);
    }

    /** Refuses the nested jobs that still wait when their async job ends. */
    @GuardedBy("lock")
    private void refuseStepsOf(JobEntry async, Wakeups wakeups) {
        for (Hold hold : admission.queue.all()) {
            if (hold.type == JobType.NESTED && hold.job.parent == async) {
                hold.job.request().decide(refusal(Reason.ABORTED, "its async job has ended", null));
                drop(hold, wakeups);
            }
        }
    }

    @GuardedBy("lock")
    private boolean idle() {
        return closed && predecessor == null && admission.empty();
    }

    @GuardedBy("lock")
    private void noteIfIdle(Wakeups wakeups) {
        if (idle()) {
            wakeups.idle(this);
        }
    }

    /** Returns the jobs that keep a request out, and those that wait and hold it back. */
    @GuardedBy("lock")
    private List<JobEntry> inTheWayOf(JobType type, @Nullable Hold hold) {
        List<JobEntry> jobs = new ArrayList<>();
        if (predecessor != null) {
            jobs.addAll(predecessor.jobs());
        }
        jobs.addAll(admission.runningInTheWayOf(type));
        int more = Math.max(0, BLOCKERS_SHOWN - jobs.size());
        jobs.addAll(admission.waitingInTheWayOf(type, hold, more));
        return jobs;
    }

    private static List<JobInfo> snapshots(List<JobEntry> jobs) {
        return jobs.stream().<JobInfo>map(JobSnapshot::of).toList();
    }
}
