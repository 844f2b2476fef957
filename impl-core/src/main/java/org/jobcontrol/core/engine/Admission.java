package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * Who is admitted next on one target where more than one holds or wants to: the slots, the queue, and
 * the order between them. Its lock guards everything here that is not volatile, and is taken by
 * {@link CoreJobObject#lock}.
 */
final class Admission {
    /*
     * Admissible. The rule is the table in Rules.
     *
     * Order. A round looks at the job line in arrival order:
     *
     *   a waiter that is                 | in the round
     *   ---------------------------------+--------------------------------------------------
     *   kept out by the async job        | is skipped; it holds nobody back
     *   kept out by the job slot         | stays, and holds back every later one
     *   held back by an earlier one      | stays
     *   none of these                    | is admitted, and the next one is looked at
     *
     * and then at the head of the agent line. Everything that can let somebody in (an end, a waiter
     * that leaves, a new mask, a predecessor gone) is followed by a round, so between rounds no
     * waiter is admissible, and a newcomer need only be compared with the slots and with heldBack.
     * One kind of waiter passes those that hold it back: the CHILD hold of a thread or a group that
     * is in the job slot already, because those in front of it wait for that one. A round looks at
     * those apart, so it never passes the others behind heldBack.
     *
     * Overtaking, if a grace is configured; without, everything here is strict. When the turn of a waiter
     * comes that is a plain one and has not waited for as long as the grace, the round does not give it
     * the slot but wakes it to take the slot itself, so that threads that run may be quicker: a switch of
     * threads costs more than most jobs last. Rounds look at the first waiter, which has waited longest.
     *
     * Barred. While a predecessor of the job object is busy, nobody is admissible.
     */
    private final StampedLock lock = new StampedLock();

    /** What frees the lock; of whoever holds it. */
    private long stamp;

    final Slots slots;
    final WaitQueue queue = new WaitQueue();
    private final Rules rules;

    /** The hold that was alone when a second came: it ends without the lock if nothing was said of it. */
    private @Nullable Hold first;

    /** The first waiter that is not just kept out by the async job, or null: it holds others back. */
    private @Nullable Hold heldBack;

    private boolean barred;

    private @Nullable Wakeups wakeups;

    private volatile @Nullable JobEntry completed;
    private volatile boolean closed;

    /**
     * Begins with the lock held by this thread, and with the job slot as it was.
     *
     * @param alone what is or was alone on the job object, or null
     */
    Admission(Rules rules, @Nullable Hold alone) {
        this.rules = rules;
        this.slots = new Slots(rules);
        lock();
        if (alone != null) {
            boolean here = !alone.left();
            completed = alone.completed();
            if (here) {
                first = alone;
                slots.add(alone);
                if (alone == alone.job()) {
                    alone.job().enter();
                }
            }
        }
    }

    /** Takes the lock. Whoever has it must not take it again. */
    void lock() {
        long taken = lock.writeLock();
        stamp = taken;
    }

    void unlock() {
        lock.unlockWrite(stamp);
    }

    /**
     * Looks without the lock.
     *
     * @param look what to see; it may see what never was, and must not fail for that
     * @return what was seen, or null if something was changed meanwhile
     */
    <T> @Nullable T look(Function<Admission, T> look) {
        long before = lock.tryOptimisticRead();
        if (before == 0) {
            return null;
        }
        T seen = look.apply(this);
        Hold alone = first;
        // One that has ended without the lock has not let others in yet.
        return (alone != null && alone.left()) || !lock.validate(before) ? null : seen;
    }

    /**
     * Sees to it that who ended without the lock holds no slot. To be called when the lock is taken.
     */
    void settle() {
        Hold alone = first;
        if (alone != null && alone.left()) {
            leave(alone);
        }
    }

    /** Lets nobody in until a round after this is false again. */
    void barred(boolean value) {
        barred = value;
    }

    boolean empty() {
        return slots.empty() && queue.empty();
    }

    boolean barred() {
        return barred;
    }

    boolean closed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /** Returns the job that was the last to end here. */
    @Nullable
    JobEntry completed() {
        return completed;
    }

    /** Returns who is to be woken when the lock is free again. */
    Wakeups wakeups() {
        Wakeups due = wakeups == null ? new Wakeups() : wakeups;
        wakeups = due;
        return due;
    }

    /** Takes over who is to be woken, or null if nobody is. */
    @Nullable
    Wakeups takeWakeups() {
        Wakeups due = wakeups;
        wakeups = null;
        return due;
    }

    // ---- who may --------------------------------------------------------------------------------

    /** Returns whether a newcomer may go in at once: nobody that waits is in its way either. */
    boolean admissible(Hold hold) {
        return fits(hold.type()) && (nobodyBefore(hold.type()) || passes(hold) || overtakes(hold));
    }

    /**
     * Returns whether a request of this thread could be admitted at once.
     *
     * @param alone whether the job needs no hold beside its own
     */
    boolean admissible(JobType type, boolean alone) {
        return fits(type)
                && (nobodyBefore(type)
                        || (type == JobType.CHILD && slots.jobs().anyOf(Thread.currentThread()))
                        || (alone && plain(type) && mayOvertake()));
    }

    private boolean fits(JobType type) {
        return !barred && !slots.keptOutByAsync(type) && !slots.keptOutBySlot(type);
    }

    private boolean nobodyBefore(JobType type) {
        return type.agent() ? queue.lineOf(type).empty() : heldBack == null;
    }

    /**
     * Returns whether a hold goes in though others that wait are before it. Of a hold that waits this may
     * become false, but not true: its thread waits, and its request takes one hold after another.
     */
    boolean passes(Hold hold) {
        if (hold.type() != JobType.CHILD) {
            return false;
        }
        JobEntry job = hold.job();
        Request request = job.request();
        Thread thread = request == null ? job.boundTo() : request.thread();
        return (request != null && request.tookLast(hold.object))
                || (thread != null && slots.jobs().anyOf(thread));
    }

    /** Returns whether a newcomer may be quicker than the waiter whose turn it is. */
    private boolean overtakes(Hold hold) {
        return mayOvertake() && plain(hold);
    }

    private boolean mayOvertake() {
        return heldBack != null && heldBack.job().waiting().beingOvertaken();
    }

    /** Returns whether a hold is all that a sync job needs that a caller waits for. */
    private static boolean plain(Hold hold) {
        JobEntry job = hold.job();
        Request request = job.request();
        return hold == job
                && plain(job.type)
                && job.intention() == null
                && job.parent() == null
                && (request == null || request.plain());
    }

    private static boolean plain(JobType type) {
        return type.beginnable() && type != JobType.DESTROY && !type.agent();
    }

    /** Returns whether the waiter whose turn it is may be overtaken still. */
    private boolean overtakable(Hold hold) {
        long grace = rules.engine.settings().overtakingGrace().toNanos();
        return grace > 0
                && plain(hold)
                && rules.engine.clock().nanos() - hold.job().waiting().queuedNanos() < grace;
    }

    /** Gives the waiter whose turn it is the free slot, unless somebody was quicker. */
    void takeTurn(Request request, Hold hold) {
        request.beingOvertaken(false);
        if (hold == heldBack && fits(hold.type())) {
            queue.remove(hold);
            grant(hold);
            round();
        }
    }

    // ---- in and out -----------------------------------------------------------------------------

    /** Puts a hold of a job that has no request into its slot. */
    void enter(Hold hold) {
        if (hold == hold.job()) {
            hold.job().number();
            hold.job().enter();
        }
        slots.add(hold);
    }

    /** Puts a hold into its slot, unless its request was refused in that moment. */
    void grant(Hold hold) {
        slots.add(hold);
        if (!hold.job().waiting().granted(hold)) {
            slots.remove(hold);
        }
    }

    /** Queues a hold that is not admissible. */
    void enqueue(Hold hold) {
        if (passes(hold)) {
            queue.addPassing(hold);
        } else {
            queue.add(hold);
        }
        if (heldBack == null
                && !slots.keptOutByAsync(hold.type())
                && !hold.type().agent()) {
            heldBack = hold;
        }
    }

    /** Takes a hold out of its slot or the queue, and lets in whoever is admissible then. */
    void leave(Hold hold) {
        if (hold == first) {
            first = null;
        }
        if (slots.remove(hold)) {
            JobEntry job = hold.job();
            if (hold == job && job.left()) {
                completed = job;
            }
            if (hold.type() == JobType.ASYNC) {
                refuseStepsOf(job);
            }
        } else if (!queue.remove(hold)) {
            return;
        }
        round();
    }

    /** Takes a waiting hold, whose request is refused, out of the queue; a round must follow. */
    void drop(Hold hold) {
        queue.remove(hold);
        wakeups().add(hold.job().waiting());
    }

    /** Refuses the nested jobs that still wait when their async job ends. */
    private void refuseStepsOf(JobEntry async) {
        if (!queue.hasNested()) {
            return;
        }
        for (Hold hold : queue.all()) {
            if (hold.type() == JobType.NESTED && hold.job().parent() == async) {
                hold.job().waiting().decide(Fate.Refusal.asyncEnded(async.object));
                drop(hold);
            }
        }
    }

    // ---- rounds ---------------------------------------------------------------------------------

    /** Admits whoever is admissible, in arrival order. */
    void round() {
        heldBack = null;
        if (barred) {
            heldBack = queue.lineOf(JobType.QUERY).head();
            return;
        }
        if (queue.empty()) {
            return;
        }
        roundOfJobs();
        roundOfAgents();
    }

    private void roundOfJobs() {
        Line.Place place = queue.lineOf(JobType.QUERY).first();
        while (place != null && heldBack == null) {
            Hold hold = place.hold;
            place = place.next();
            if (slots.keptOutByAsync(hold.type())) {
                continue;
            }
            if (slots.keptOutBySlot(hold.type())) {
                heldBack = hold;
            } else if (overtakable(hold)) {
                heldBack = hold;
                letBeOvertaken(hold.job().waiting());
            } else {
                handOver(hold);
            }
        }
        for (Hold hold : queue.passing()) {
            if (fits(hold.type()) && passes(hold)) {
                handOver(hold);
            }
        }
    }

    private void letBeOvertaken(Request request) {
        if (!request.beingOvertaken()) {
            request.beingOvertaken(true);
            wakeups().add(request);
        }
    }

    private void roundOfAgents() {
        Line.Place place = queue.lineOf(JobType.AGENT_QUERY).first();
        while (slots.agent() == null && place != null) {
            Hold hold = place.hold;
            place = place.next();
            handOver(hold);
        }
    }

    /** Takes a hold out of the queue and into its slot. */
    private void handOver(Hold hold) {
        queue.remove(hold);
        grant(hold);
        wakeups().add(hold.job().waiting());
    }

    /** Returns every job that runs or waits here. */
    List<JobEntry> jobs() {
        List<JobEntry> jobs = new ArrayList<>();
        for (Hold hold : slots.all()) {
            if (!hold.left()) {
                jobs.add(hold.job());
            }
        }
        queue.all().forEach(hold -> jobs.add(hold.job()));
        return jobs;
    }

    /** Returns how many jobs count for the queue bound: all that run and wait, but for steps. */
    int counted() {
        return slots.counted() + queue.counted();
    }

    /** Returns whether a waiter holds back a newcomer of a type, should that not pass it. */
    boolean holdsBack(JobType type) {
        return !nobodyBefore(type);
    }

    /**
     * Returns whether a waiting hold waits for its turn, too: an earlier waiter that the job slot keeps
     * out holds it back, and it may not pass that one. A later waiter holds nobody back who came before.
     */
    boolean waitsItsTurn(Hold hold) {
        Hold earlier = heldBack;
        return earlier != null && earlier != hold && queue.isBefore(earlier, hold) && !passes(hold);
    }
}
