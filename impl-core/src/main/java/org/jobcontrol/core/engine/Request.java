package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** One begin that may have to wait: a job or a group of them, and their holds, under one deadline. */
final class Request {
    /*
     * Holds are taken one after another, parents before children and each by id, so requests cannot
     * deadlock with one another. While it waits for one, it keeps those before.
     *
     * Fate. Decided once, by one compare-and-set, always under the lock of a job object:
     *   ADMITTED  by whoever fills the slot for the last hold
     *   REFUSED   by the deadline, an abort, an interrupt, a close, a deadlock found
     * so an admission and a refusal that meet have one winner. Refusals are decided under the lock of
     * the job object that the request waits on, where the jobs in its way are known.
     *
     * Who moves. One mover at a time goes from hold to hold: the thread that called begin, or for a
     * request without a thread whatever thread of the executor LaterJob sends. Rounds on other threads
     * only fill slots, count that, decide the fate, and wake the mover. When the request is refused, the
     * mover gives back what is held.
     */
    private static final AtomicReferenceFieldUpdater<Request, Fate> FATE =
            AtomicReferenceFieldUpdater.newUpdater(Request.class, Fate.class, "fate");

    private static final String INTERRUPTED = "its thread was interrupted";

    /** About as long as it takes to wake a thread; none where nobody else can run meanwhile. */
    private static final int LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 1024 : 0;

    /** Where it stands in a line, or null; written under the lock of the job object that it waits on. */
    volatile Line.@Nullable Place place;

    private final JobEngine engine;
    private final @Nullable Thread thread;
    private final Duration timeout;
    private final long queuedNanos;
    private final long deadlineNanos;
    private List<JobHandle> jobs = List.of();
    private List<Hold> holds = List.of();
    private long workBundle = JobEngine.NO_BUNDLE;
    private @Nullable Throwable begun;
    private volatile @Nullable Fate fate;

    /** How many holds it has; counted under the lock of the job object where the next one is. */
    private volatile int granted;

    /** Which hold the mover has come to, and whether that is queued. */
    private volatile int next;

    private boolean queued;
    private boolean goesNext;

    /** Whether a thread awaits what comes of it; written and read under the lock of Deadlocks. */
    private boolean awaited;

    /** Whether its turn has come and others may still be quicker. */
    private volatile boolean beingOvertaken;

    /** Wakes the mover; null if that is the thread. */
    private volatile @Nullable Runnable waker;

    private EngineClock.@Nullable Timer timer;

    /**
     * Makes a request for nothing yet.
     *
     * @param thread the thread that will wait, or null if none will
     */
    Request(JobEngine engine, @Nullable Thread thread, Duration timeout) {
        this.engine = engine;
        this.thread = thread;
        this.timeout = timeout;
        this.queuedNanos = engine.clock().nanos();
        this.deadlineNanos = queuedNanos + nanos(timeout);
    }

    /**
     * Adds a job that nobody knows yet, with what it needs to hold.
     *
     * @param holdsParent whether it holds its intention already
     */
    void add(JobHandle job, boolean holdsParent) {
        Intention intention = job.intention();
        if (jobs.isEmpty() && intention == null) {
            List<JobHandle> one = List.of(job);
            jobs = one;
            holds = List.copyOf(one);
        } else {
            jobs = with(jobs, job);
            holds = intention == null ? holds : with(holds, intention);
            holds = with(holds, job);
        }
        if (holdsParent) {
            next = 1;
            granted = 1;
        }
        // Last: whoever knows the job may look at its request from now on.
        job.waitFor(this, queuedNanos);
    }

    /** Most requests are for one job with one hold. */
    private static <T> List<T> with(List<T> list, T more) {
        if (list.isEmpty()) {
            return List.of(more);
        }
        List<T> all = list.size() > 1 ? list : new ArrayList<>(list);
        all.add(more);
        return all;
    }

    /** Puts the holds of a group into the order in which all groups take theirs. */
    void sort() {
        List<Hold> sorted = new ArrayList<>(holds);
        sorted.sort(Comparator.comparing((Hold hold) -> hold.object.target)
                .thenComparing(hold -> hold != hold.job()));
        holds = sorted;
    }

    /** Puts the jobs of a group into the order in which they were asked for. */
    void inOrderOf(List<TargetId> targets) {
        Map<TargetId, JobHandle> jobOf = new HashMap<>();
        jobs.forEach(job -> jobOf.put(job.object.target, job));
        jobs = targets.stream().map(jobOf::get).toList();
    }

    /** Says which bundle's code does the work, if the engine runs it. */
    void workOf(long bundleId) {
        workBundle = bundleId;
    }

    long workBundle() {
        return workBundle;
    }

    /** Says where in the code it was asked for, if its handles are to be watched. */
    void begun(@Nullable Throwable here) {
        begun = here;
    }

    @Nullable
    Throwable begun() {
        return begun;
    }

    JobEngine engine() {
        return engine;
    }

    List<JobHandle> jobs() {
        return jobs;
    }

    /** Returns the only job. */
    JobHandle job() {
        return jobs.get(0);
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    Duration timeout() {
        return timeout;
    }

    long queuedNanos() {
        return queuedNanos;
    }

    @Nullable
    Fate fate() {
        return fate;
    }

    boolean decided() {
        return fate != null;
    }

    boolean admitted() {
        Fate now = fate;
        return now != null && now.admitted();
    }

    /** Refuses the request unless it is decided. Under the lock of the job object that refuses. */
    boolean decide(Fate.Refusal refusal) {
        return FATE.compareAndSet(this, null, new Fate(refusal, engine.clock().nanos()));
    }

    /**
     * Notes that a slot was filled; admits the request with the last one. Under that object's lock.
     *
     * @return false if the request is refused, and is not to have the slot
     */
    boolean granted(Hold hold) {
        // One that never waited was admitted when it asked.
        long at = timer == null && next == 0 ? queuedNanos : engine.clock().nanos();
        if (hold == hold.job()) {
            hold.job().admit(at);
        }
        int held = granted;
        boolean last = held == holds.size() - 1;
        if (last ? !FATE.compareAndSet(this, null, new Fate(null, at)) : decided()) {
            return false;
        }
        granted = held + 1;
        return true;
    }

    /** Returns whether the last hold that it took is on a job object. Under the lock of that. */
    boolean tookLast(CoreJobObject object) {
        int taken = granted;
        return taken > 0 && holds.get(taken - 1).object == object;
    }

    /** Returns whether somebody may wait for it, or for its thread. */
    boolean canBeWaitedFor() {
        return thread != null
                || granted > 0
                || awaited
                || jobs.stream().anyMatch(job -> job.parent() != null);
    }

    /** Says that a thread awaits what comes of it. */
    void awaited() {
        awaited = true;
    }

    // ---- overtaking, under the lock of the job object that it waits on --------------------------

    /** Returns whether a thread waits for one job with one hold. */
    boolean plain() {
        return thread != null && holds.size() == 1;
    }

    boolean beingOvertaken() {
        return beingOvertaken;
    }

    void beingOvertaken(boolean value) {
        beingOvertaken = value;
    }

    // ---- waking ---------------------------------------------------------------------------------

    void wakeWith(Runnable action) {
        waker = action;
    }

    /** Has the mover look what has changed. */
    void wake() {
        Runnable action = waker;
        if (action == null) {
            LockSupport.unpark(thread);
        } else {
            action.run();
        }
    }

    /** Returns the hold that is waited for, or would be next. */
    Hold current() {
        return holds.get(Math.min(next, holds.size() - 1));
    }

    // ---- two ways to move -----------------------------------------------------------------------

    /** Takes every hold, waiting in this thread. */
    void acquire() throws JobRefusedException, InterruptedException {
        if (Thread.interrupted()) {
            // It may hold its intention already, so others may have seen its job: that has ended
            // now.
            decide(Fate.Refusal.of(current().object, Reason.ABORTED, INTERRUPTED));
            giveBack();
            throw new InterruptedException("before " + jobs.get(0).operation + " began");
        }
        while (!advance()) {
            if (goesNext && comesSoon()) {
                continue;
            }
            park();
            if (Thread.interrupted()) {
                withdraw();
                throw new InterruptedException("while " + jobs.get(0).operation + " waited");
            }
        }
        if (!admitted()) {
            throw refusal();
        }
        recordBegin();
    }

    /**
     * Waits until it is woken. The clock of a closed engine has no timers any more, so a step that its
     * async job takes then keeps its deadline itself.
     */
    private void park() {
        if (!engine.closed()) {
            LockSupport.park(this);
            return;
        }
        LockSupport.parkNanos(this, deadlineNanos - engine.clock().nanos());
        if (late()) {
            Waits.expire(this);
        }
    }

    /** Records those of its jobs that are to be; they have ended if that fails. */
    void recordBegin() throws JobRefusedException {
        for (JobEntry job : jobs) {
            if (job.recordable()) {
                engine.recorder().begun(jobs);
                return;
            }
        }
    }

    /**
     * Looks for a moment whether the turn of the first in line comes. It often does where jobs are
     * short, and to park and be woken costs both threads more. Nobody else does this: the others are
     * better out of the way.
     */
    private boolean comesSoon() {
        goesNext = false;
        for (int i = 0; i < LOOKS; i++) {
            if (decided() || granted > next || beingOvertaken) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /**
     * Goes on as far as possible without waiting. Called by one thread at a time.
     *
     * @return whether the request is decided; what a refused one held is given back
     */
    boolean advance() {
        while (!decided()) {
            int at = next;
            if (granted > at) {
                next = at + 1;
                queued = false;
            } else if (!queued) {
                queued = true;
                start(current());
            } else if (beingOvertaken) {
                Waits.takeTurn(this);
            } else if (granted == at && !decided()) {
                // Read last: a lock taken in between may have used up the permit of a wake-up.
                return false;
            }
        }
        stopWaiting();
        if (!admitted()) {
            giveBack();
        }
        return true;
    }

    /** Takes a hold if that is possible now, and else queues it or refuses the request. */
    private void start(Hold hold) {
        boolean once = next == 0 ? deadlineNanos == queuedNanos : late();
        if (once) {
            Waits.take(hold, Waits.Otherwise.BE_REFUSED);
            return;
        }
        if (Waits.take(hold, Waits.Otherwise.LEAVE) != Waits.Taken.NOT_NOW) {
            return;
        }
        if (timer == null) {
            timer = engine.clock().at(deadlineNanos, this::expire);
        }
        goesNext = engine.deadlocks().queue(hold) == Waits.Taken.QUEUED_FIRST;
        if (late()) {
            // The timer may have fired before there was something to expire.
            Waits.expire(this);
        }
    }

    private boolean late() {
        return engine.clock().nanos() - deadlineNanos >= 0;
    }

    private void expire() {
        Waits.expire(this);
    }

    /** Leaves because the waiting thread was interrupted: whatever was admitted meanwhile ends. */
    private void withdraw() {
        Waits.refuse(this, Reason.ABORTED, INTERRUPTED, List.of());
        stopWaiting();
        if (admitted()) {
            jobs.forEach(job -> job.end(JobOutcome.ABORTED, null));
        } else {
            giveBack();
        }
    }

    private void stopWaiting() {
        if (timer != null) {
            timer.cancel();
        }
        engine.deadlocks().stopped(this);
    }

    /** Gives back what a request that was not admitted has, and lets those know who watch its jobs. */
    private void giveBack() {
        // The next one may be queued: whoever refused the request may have seen it one hold
        // earlier.
        for (int i = Math.min(granted, holds.size() - 1); i >= 0; i--) {
            Hold hold = holds.get(i);
            if (hold instanceof Intention intention) {
                intention.giveBack();
            } else {
                hold.object.leave(hold);
            }
        }
        for (JobEntry job : jobs) {
            Ends.leaveCover(job);
            Ends.over(job);
        }
    }

    /** Refuses the request on behalf of somebody else; its mover gives back what it has. */
    boolean refuse(Reason reason, String detail) {
        return Waits.refuse(this, reason, detail, List.<JobInfo>of());
    }

    /** Returns the refusal as an exception. */
    JobRefusedException refusal() {
        Fate now = fate;
        if (now == null || now.refusal() == null) {
            throw new IllegalStateException("not refused: " + jobs.get(0).operation);
        }
        return Refusals.exception(this, now.refusal(), now.at());
    }

    static long nanos(Duration duration) {
        // Saturated at 146 years, so that deadlines can still be compared by subtraction.
        long most = Long.MAX_VALUE / 2;
        if (duration.isNegative()) {
            return 0;
        }
        return duration.compareTo(Duration.ofNanos(most)) >= 0 ? most : duration.toNanos();
    }
}
