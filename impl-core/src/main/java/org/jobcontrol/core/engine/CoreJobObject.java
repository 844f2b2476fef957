package org.jobcontrol.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** The job object of one target. */
final class CoreJobObject {
    /*
     * Overview.
     *                       +------------------ job object ------------------+
     *   job line            |  job slot        agent slot      async slot    |
     *   W4 W3 W1  --------> |  [ QUERY ]       [          ]    [ SAVE ]      |  mask: QUERY, DESTROY
     *   agent line  W2 ---> |                                                |
     *                       +------------------------------------------------+
     *
     * The word. Nearly always there is one hold or none, and then there is nothing but this reference:
     *
     *   word is                     | means                          | who changes it
     *   ----------------------------+--------------------------------+---------------------------------
     *   null                        | nobody was here yet            | whoever comes: one compare-and-
     *   a hold that has left        | nobody is here; it was the last| set to the own hold
     *   a hold                      | it is here, alone              | whoever wants to be here as
     *                               |                                | well, or to wait: to an Admission
     *   an Admission                | several are here or wait, or   | who holds its lock and finds it
     *                               | the target is gone             | empty: to the last hold that left
     *
     * So the word is never both free and waited for. A hold leaves the word by itself: a job by the end
     * of its life, an intention by its flag. Whoever leaves looks at the word afterwards: if an
     * Admission has replaced it meanwhile, there may be waiters, and a round must follow. Whoever puts
     * the Admission there looks whether the hold has left afterwards. Both are volatile, so at least
     * one of the two sees the other; and if both do, the second finds nothing to do.
     *
     * Admission. Whoever runs the round fills the slot, so a waiter owns its hold before it wakes. The
     * hold that completes a request admits it, by one compare-and-set in Request; if the request was
     * refused in that moment, the hold is let go in the same round.
     *
     * Abandoned waits. Whoever refuses a request takes its waiting hold out of the queue under the lock
     * and runs a round: the leaver may have been the one that held the others back. Holds that the
     * request has elsewhere it gives back itself (Request.giveBack).
     *
     * Successors. A job object that is closed while jobs run is followed by a new one for the same id,
     * which admits nothing until its predecessor is idle.
     *
     * Locking. The Admission's lock guards what is in it, and predecessor and successor. It is a leaf,
     * but that a successor's is taken before its predecessor's. Under it nothing is logged, no foreign
     * code runs and no stage completes: who is to be woken is gathered in Wakeups and woken after.
     */
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(CoreJobObject.class, "word", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final TargetId target;
    final Rules rules;

    /** Null, a {@link Hold} or an {@link Admission}; see the table. */
    private volatile @Nullable Object word;

    private volatile @Nullable CoreJobObject parent;
    private @Nullable Succession succession;

    /** Who came before and who comes after; most have neither. */
    private static final class Succession {
        private @Nullable CoreJobObject predecessor;
        private @Nullable CoreJobObject successor;
    }

    CoreJobObject(TargetId target, Rules rules, @Nullable CoreJobObject parent) {
        this.target = target;
        this.rules = rules;
        if (parent != null) {
            this.parent = parent;
        }
    }

    JobEngine engine() {
        return rules.engine;
    }

    /** Returns the job object of the parent target as last seen; it may be closed. */
    @Nullable
    CoreJobObject parent() {
        return parent;
    }

    void parent(CoreJobObject anew) {
        parent = anew;
    }

    // ---- in and out -----------------------------------------------------------------------------

    /** Takes a hold if that is possible now. */
    boolean enter(Hold hold) {
        Object now = word;
        if (!(now instanceof Admission)) {
            Hold last = (Hold) now;
            if (last == null || last.left()) {
                if (!rules.supports(hold.type())) {
                    return false;
                }
                hold.follow(last);
                if (WORD.compareAndSet(this, last, hold)) {
                    return true;
                }
            } else if (rules.keepsOut(last, hold.type())) {
                return false;
            }
        }
        return enterBesideOthers(hold);
    }

    private boolean enterBesideOthers(Hold hold) {
        Admission admission = lock();
        try {
            boolean enters =
                    Waits.never(this, admission, hold.type(), hold.job().parent()) == null
                            && admission.admissible(hold);
            if (enters) {
                admission.enter(hold);
            }
            return enters;
        } finally {
            unlock(admission);
        }
    }

    /** Returns whether a type is kept out now by the only hold here; whoever asks has made nothing yet. */
    boolean keptOut(JobType type) {
        return word instanceof Hold alone
                && !alone.left()
                && rules.supports(type)
                && rules.keepsOut(alone, type);
    }

    /** Returns whether a hold is all there is here. */
    boolean alone(Hold hold) {
        return word == hold;
    }

    /** Says that the hold that was alone here has left. */
    void hasLeft() {
        if (word instanceof Admission) {
            // Others have come meanwhile; to settle that it has left is part of taking the lock.
            unlock(lock());
        }
    }

    /** Gives back the hold of a request, and lets in whoever is admissible then. */
    void leave(Hold hold) {
        Admission admission = lock();
        try {
            admission.leave(hold);
        } finally {
            unlock(admission);
        }
    }

    /** Returns what admits here, with its lock held; makes it if there is none. */
    Admission lock() {
        while (true) {
            Object now = word;
            if (now instanceof Admission admission) {
                admission.lock();
                if (word == admission) {
                    admission.settle();
                    return admission;
                }
                admission.unlock();
            } else {
                Admission made = new Admission(rules, (Hold) now);
                if (WORD.compareAndSet(this, now, made)) {
                    made.settle();
                    return made;
                }
            }
        }
    }

    /** Frees the lock, does away with what admits if nobody needs it, and wakes who is to be woken. */
    void unlock(Admission admission) {
        if (admission.lockedAgain()) {
            admission.unlock();
            return;
        }
        Wakeups due = admission.takeWakeups();
        if (admission.empty()) {
            if (admission.closed()) {
                if (predecessor() == null) {
                    due.idle(this);
                }
            } else if (!admission.barred() && !engine().closing()) {
                word = admission.completed();
            }
        }
        admission.unlock();
        due.run();
    }

    /**
     * Sets the mask of an async job that runs here and lets in whoever it lets in. In one step: a
     * newcomer that saw the new mask before the round would pass those that wait.
     */
    void mask(JobEntry async, JobMask mask) {
        Admission admission = lock();
        try {
            async.update(life -> life.mask(mask));
            admission.round();
        } finally {
            unlock(admission);
        }
    }

    // ---- coming and going of targets ------------------------------------------------------------

    /** Refuses everyone that waits, and whoever comes later. */
    void close() {
        Admission admission = lock();
        try {
            admission.close();
            Waits.refuseAll(this, admission, Reason.TARGET_GONE);
        } finally {
            unlock(admission);
        }
    }

    boolean closed() {
        return word instanceof Admission admission && admission.closed();
    }

    /** Refuses everyone that waits, but nested steps: they let a running async job come to its end. */
    void refuseAll(Reason reason) {
        Admission admission = lock();
        try {
            Waits.refuseAll(this, admission, reason);
        } finally {
            unlock(admission);
        }
    }

    /** Makes another job object, that nobody knows yet, wait until this closed one is idle. */
    void succeededBy(CoreJobObject next) {
        Admission later = next.lock();
        Admission admission = lock();
        if (!admission.empty() || predecessor() != null) {
            succession().successor = next;
            next.succession().predecessor = this;
            later.barred(true);
        }
        Wakeups due = admission.takeWakeups();
        admission.unlock();
        // This one cannot give way in here: the engine is making the next.
        due.run();
        next.unlock(later);
    }

    /** Gives way: this job object is closed and idle. */
    void giveWay() {
        Admission admission = lock();
        CoreJobObject next = succession == null ? null : succession.successor;
        succession = null;
        admission.unlock();
        engine().forget(this);
        if (next != null) {
            next.predecessorGone();
        }
    }

    private void predecessorGone() {
        Admission admission = lock();
        try {
            succession().predecessor = null;
            admission.barred(false);
            admission.round();
        } finally {
            unlock(admission);
        }
    }

    private Succession succession() {
        Succession known = succession == null ? new Succession() : succession;
        succession = known;
        return known;
    }

    /** Returns the job object that this one waits for; under the lock. */
    @Nullable
    CoreJobObject predecessor() {
        return succession == null ? null : succession.predecessor;
    }

    // ---- looking --------------------------------------------------------------------------------

    Optional<JobInfo> completed() {
        Object now = word;
        JobEntry last = now instanceof Admission admission
                ? admission.completed()
                : now == null ? null : ((Hold) now).completed();
        return Optional.ofNullable(last).map(JobSnapshot::of);
    }

    ObjectSnapshot snapshot() {
        if (word instanceof Admission) {
            Admission admission = lock();
            try {
                ObjectSnapshot seen = ObjectSnapshot.of(this, admission);
                // One that ended while this looked, without the lock, has let others in by now.
                return admission.settle() ? ObjectSnapshot.of(this, admission) : seen;
            } finally {
                unlock(admission);
            }
        }
        return ObjectSnapshot.of(this, alone());
    }

    /** Returns the hold that is alone here, or null if nobody is. Not if several are. */
    private @Nullable Hold alone() {
        return word instanceof Hold hold && !hold.left() ? hold : null;
    }

    /** Returns every job that runs or waits here, those of predecessors included. */
    List<JobEntry> jobs() {
        if (!(word instanceof Admission)) {
            Hold alone = alone();
            return alone == null ? List.of() : List.of(alone.job());
        }
        Admission admission = lock();
        try {
            List<JobEntry> jobs = earlierJobs();
            jobs.addAll(admission.jobs());
            return jobs;
        } finally {
            unlock(admission);
        }
    }

    /** Returns the jobs of predecessors, oldest first. Under the lock; so it wakes nobody there. */
    List<JobEntry> earlierJobs() {
        CoreJobObject earlier = predecessor();
        if (earlier == null || !(earlier.word instanceof Admission admission)) {
            return new ArrayList<>();
        }
        admission.lock();
        try {
            List<JobEntry> jobs = earlier.earlierJobs();
            jobs.addAll(admission.jobs());
            return jobs;
        } finally {
            admission.unlock();
        }
    }

    List<JobEntry> jobSlot() {
        Admission admission = lock();
        try {
            return admission.slots.jobs().stream().map(Hold::job).toList();
        } finally {
            unlock(admission);
        }
    }

    @Nullable
    JobEntry asyncSlot() {
        Admission admission = lock();
        try {
            return admission.slots.async();
        } finally {
            unlock(admission);
        }
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    List<JobEntry> waitedForBy(Hold hold) {
        Admission admission = lock();
        try {
            if (!admission.queue.contains(hold)) {
                return List.of();
            }
            List<JobEntry> jobs = earlierJobs();
            jobs.addAll(admission.waitedForBy(hold));
            return jobs;
        } finally {
            unlock(admission);
        }
    }

    /** Returns why a hold could never be taken here, however long it waited, or null. */
    Fate.@Nullable Refusal never(Hold hold) {
        Admission admission = lock();
        try {
            return Waits.never(this, admission, hold.type(), hold.job().parent());
        } finally {
            unlock(admission);
        }
    }

    ExplanationRecord explain(JobType type) {
        Admission admission = lock();
        try {
            return ExplanationRecord.of(this, admission, type);
        } finally {
            unlock(admission);
        }
    }
}
