package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** One begin: one job or a group of them, and all holds that they need, under one deadline. */
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
     * only fill slots, decide the fate, and wake the mover. When the request is refused, the mover
     * gives back what is held.
     */
    private static final AtomicReferenceFieldUpdater<Request, Fate> FATE =
            AtomicReferenceFieldUpdater.newUpdater(Request.class, Fate.class, "fate");

    private final JobEngine engine;
    private final @Nullable Thread thread;
    private final Duration timeout;
    private final long queuedNanos;
    private final long deadlineNanos;
    private final @Nullable Throwable begun;
    private List<JobEntry> jobs = List.of();
    private List<Hold> holds = List.of();
    private long workBundle = JobEngine.NO_BUNDLE;
    private volatile @Nullable Fate fate;
    private volatile int next;

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
        this.begun = engine.leaks().here();
    }

    /** Adds a job; its hold on a parent is left out if another job covers it. */
    JobEntry add(JobSpec spec, CoreJobObject object, @Nullable CoreJobObject parentObject) {
        JobEntry job = new JobEntry(this, spec, object, parentObject);
        jobs = with(jobs, job);
        if (job.intention != null) {
            holds = with(holds, job.intention);
        }
        holds = with(holds, job.hold);
        return job;
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
                .thenComparing(hold -> hold != hold.job.hold));
        holds = sorted;
    }

    /** Puts the jobs of a group into the order in which they were asked for. */
    void inOrderOf(List<TargetId> targets) {
        List<JobEntry> sorted = new ArrayList<>(jobs);
        sorted.sort(Comparator.comparingInt(job -> targets.indexOf(job.hold.object.target)));
        jobs = sorted;
    }

    /** Says which bundle's code does the work, if the engine runs it. */
    void workOf(long bundleId) {
        workBundle = bundleId;
    }

    long workBundle() {
        return workBundle;
    }

    JobEngine engine() {
        return engine;
    }

    List<JobEntry> jobs() {
        return jobs;
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

    /** Returns where in the code it was asked for, if its handles are watched. */
    @Nullable
    Throwable begun() {
        return begun;
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

    /** Notes that a slot was filled; admits the request with the last one. Under that object's lock. */
    boolean granted(Hold hold) {
        if (hold != holds.get(holds.size() - 1)) {
            return !decided();
        }
        // One that never waited was admitted when it asked.
        long at = timer == null && next == 0 ? queuedNanos : engine.clock().nanos();
        return FATE.compareAndSet(this, null, new Fate(null, at));
    }

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
        return holds.get(next);
    }

    private void goOn() {
        int at = next;
        next = at + 1;
    }

    // ---- three ways to move ---------------------------------------------------------------------

    /** Takes every hold, waiting in this thread. */
    void acquire() throws JobRefusedException, InterruptedException {
        if (Thread.interrupted()) {
            giveBack();
            throw new InterruptedException("before " + jobs.get(0).operation + " began");
        }
        while (!advance()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                withdraw();
                throw new InterruptedException("while " + jobs.get(0).operation + " waited");
            }
        }
        if (!admitted()) {
            throw refusal();
        }
    }

    /** Takes every hold if all are free, and none if not. */
    boolean tryAcquire() {
        for (Hold hold : holds) {
            if (hold.object.take(hold, CoreJobObject.Otherwise.LEAVE) != Hold.Stage.HELD) {
                break;
            }
        }
        if (!admitted()) {
            giveBack();
            return false;
        }
        return true;
    }

    /**
     * Goes on as far as possible without waiting. Called by one thread at a time.
     *
     * @return whether the request is decided; what a refused one held is given back
     */
    boolean advance() {
        while (!decided()) {
            Hold hold = current();
            if (hold.stage == Hold.Stage.WANTED) {
                start(hold);
            }
            // Read last: a lock taken in between may have used up the permit of a wake-up.
            Hold.Stage stage = hold.stage;
            if (stage == Hold.Stage.QUEUED && !decided()) {
                return false;
            }
            if (stage == Hold.Stage.HELD && next < holds.size() - 1) {
                goOn();
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
            hold.object.take(hold, CoreJobObject.Otherwise.BE_REFUSED);
            return;
        }
        if (hold.object.take(hold, CoreJobObject.Otherwise.LEAVE) != Hold.Stage.WANTED) {
            return;
        }
        if (timer == null) {
            timer = engine.clock().at(deadlineNanos, this::expire);
        }
        engine.deadlocks().queue(hold);
        if (late()) {
            // The timer may have fired before there was something to expire.
            hold.object.expire(hold);
        }
    }

    private boolean late() {
        return engine.clock().nanos() - deadlineNanos >= 0;
    }

    private void expire() {
        Hold hold = current();
        hold.object.expire(hold);
    }

    /** Leaves because the waiting thread was interrupted: whatever was admitted meanwhile ends. */
    private void withdraw() {
        Hold hold = current();
        hold.object.refuse(hold, Reason.ABORTED, "its thread was interrupted", List.of());
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
        for (int i = holds.size() - 1; i >= 0; i--) {
            holds.get(i).object.letGo(holds.get(i));
        }
        for (JobEntry job : jobs) {
            job.leaveCover();
            job.over(JobSnapshot.of(job));
        }
    }

    /** Refuses the request on behalf of somebody else; its mover gives back what it has. */
    boolean refuse(Reason reason, String detail) {
        Hold hold = current();
        return hold.object.refuse(hold, reason, detail, List.<JobInfo>of());
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
