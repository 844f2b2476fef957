package org.jobcontrol.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
     * Locking. The Admission's lock guards what is in it, and the Succession. It is a leaf, but that a
     * successor's is taken before its predecessor's; nobody takes it twice. Under it nothing is logged,
     * no foreign code runs and no stage completes: who is to be woken is gathered in Wakeups and woken
     * after. Who only looks does not take it, unless others took it each time: a look whose moment was
     * no single one is thrown away.
     */
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(CoreJobObject.class, "word", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How often a look is tried without the lock. */
    private static final int LOOKS = 8;

    final TargetId target;
    final Rules rules;

    /** Null, a {@link Hold} or an {@link Admission}; see the table. */
    private volatile @Nullable Object word;

    private volatile @Nullable CoreJobObject parent;
    private volatile Succession succession = Succession.NONE;

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

    /** Notes that the job of a hold was bound to another thread; that is visible to who comes later. */
    void rebound(Hold hold) {
        if (word instanceof Admission) {
            Admission admission = lock();
            try {
                admission.slots.jobs().rebound(hold);
            } finally {
                unlock(admission);
            }
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
        Wakeups due = admission.takeWakeups();
        if (admission.empty()) {
            if (admission.closed()) {
                if (succession.predecessor() == null) {
                    due = due == null ? new Wakeups() : due;
                    due.idle(this);
                }
            } else if (!admission.barred() && !engine().closing()) {
                word = admission.completed();
            }
        }
        admission.unlock();
        if (due != null) {
            due.run();
        }
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

    /** Returns who came before and who comes after. */
    Succession succession() {
        return succession;
    }

    /** Under the lock. */
    void succession(Succession value) {
        succession = value;
    }

    /** Returns what admits here, or null if that is not needed now. */
    @Nullable
    Admission admission() {
        return word instanceof Admission admission ? admission : null;
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
        return look(
                hold -> ObjectSnapshot.of(this, hold),
                admission -> ObjectSnapshot.of(this, admission));
    }

    /** Returns every job that runs or waits here, those of predecessors included. */
    List<JobEntry> jobs() {
        return look(hold -> hold == null ? List.of() : List.of(hold.job()), this::jobs);
    }

    /** The same, for who has the lock. */
    List<JobEntry> jobs(Admission admission) {
        List<JobEntry> jobs = Succession.earlierJobs(this);
        jobs.addAll(admission.jobs());
        return jobs;
    }

    List<JobEntry> jobSlot() {
        return look(
                hold -> hold == null || hold.type().agent() || hold.type() == JobType.ASYNC
                        ? List.of()
                        : List.of(hold.job()),
                admission ->
                        admission.slots.jobs().list().stream().map(Hold::job).toList());
    }

    Optional<JobEntry> asyncSlot() {
        return look(
                hold -> hold != null && hold.type() == JobType.ASYNC
                        ? Optional.of(hold.job())
                        : Optional.empty(),
                admission -> Optional.ofNullable(admission.slots.async()));
    }

    /**
     * Looks at one moment. Takes the lock only if it was taken by others in every of some attempts.
     *
     * @param alone looks where one hold is, or null
     * @param several looks where there may be more
     */
    private <T> T look(Function<@Nullable Hold, T> alone, Function<Admission, T> several) {
        for (int i = 0; i < LOOKS; i++) {
            Object now = word;
            if (!(now instanceof Admission admission)) {
                Hold hold = (Hold) now;
                return alone.apply(hold == null || hold.left() ? null : hold);
            }
            T seen = admission.look(several);
            if (seen != null && word == admission) {
                return seen;
            }
        }
        return locked(several);
    }

    private <T> T locked(Function<Admission, T> look) {
        Admission admission = lock();
        try {
            return look.apply(admission);
        } finally {
            unlock(admission);
        }
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    List<JobEntry> waitedForBy(Hold hold) {
        return locked(admission -> admission.queue.contains(hold)
                ? InTheWay.waitedForBy(this, admission, hold)
                : List.of());
    }

    /** Returns why a hold could never be taken here, however long it waited. */
    Optional<Fate.Refusal> never(Hold hold) {
        return locked(admission -> Optional.ofNullable(
                Waits.never(this, admission, hold.type(), hold.job().parent())));
    }

    ExplanationRecord explain(JobType type) {
        return locked(admission -> ExplanationRecord.of(this, admission, type));
    }
}
