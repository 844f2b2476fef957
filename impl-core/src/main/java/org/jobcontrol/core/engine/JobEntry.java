package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jspecify.annotations.Nullable;

/** A job, from the moment it is asked for until it is history. Handles point here. */
final class JobEntry {
    /*
     * What may change while it runs is one immutable Life in one reference, so a snapshot is never
     * torn. Whether the job waits, runs or was refused is its request's fate: a group's jobs begin at
     * one moment.
     *
     * Covering. A job on a pool may cover jobs on its volumes, which then need no CHILD hold. It keeps
     * its slot until the last of them has ended, even if its owner closes it first. The set of covered
     * jobs and the step to CLOSED or FINISHED are guarded by the lock of the job's own job object.
     */
    private static final AtomicReferenceFieldUpdater<JobEntry, Life> LIFE =
            AtomicReferenceFieldUpdater.newUpdater(JobEntry.class, Life.class, "life");

    @SuppressWarnings("rawtypes") // an updater knows only the class
    private static final AtomicReferenceFieldUpdater<JobEntry, CompletableFuture> ENDED =
            AtomicReferenceFieldUpdater.newUpdater(
                    JobEntry.class, CompletableFuture.class, "ended");

    final long id;
    final JobType type;
    final String operation;
    final @Nullable AsyncOperation asyncOperation;
    final @Nullable JobEntry parent;
    final Hold hold;
    final @Nullable Hold intention;
    private final Request request;
    private volatile Life life;

    /** Made for the first action, under the lock. */
    private volatile @Nullable Queue<Runnable> abortActions;

    /** Made for whoever asks first. */
    private volatile @Nullable CompletableFuture<JobInfo> ended;

    /** Made for the first job that is covered. */
    @GuardedBy("hold.object.lock")
    private @Nullable Set<JobEntry> covered;

    private volatile Owner owner;
    private volatile @Nullable Thread boundTo;

    /** Written before the request is admitted, and read by who has seen that it is. */
    private long fence;

    private volatile @Nullable Progress progress;
    private volatile long progressNanos;
    private volatile @Nullable String stopped;
    private volatile boolean over;

    /**
     * Makes a job that waits.
     *
     * @param request the request it is part of
     * @param spec what was asked for
     * @param object where it is to run
     * @param parentObject where it needs a CHILD hold, or null
     */
    JobEntry(
            Request request,
            JobSpec spec,
            CoreJobObject object,
            @Nullable CoreJobObject parentObject) {
        this.request = request;
        this.id = spec.id();
        this.type = spec.type();
        this.operation = spec.operation();
        this.asyncOperation = spec.asyncOperation();
        this.parent = spec.parent();
        this.owner = spec.owner();
        this.hold = new Hold(object, type, this);
        this.intention = parentObject == null ? null : new Hold(parentObject, JobType.CHILD, this);
        this.boundTo = type == JobType.ASYNC ? null : request.thread();
        boolean abortable = asyncOperation == null || asyncOperation.abortable();
        this.life = Life.begin(abortable, spec.mask());
    }

    Request request() {
        return request;
    }

    Life life() {
        return life;
    }

    /** Changes the life of a job whose handle is of use. */
    Life update(UnaryOperator<Life> change) {
        return LIFE.updateAndGet(this, now -> {
            if (!now.open()) {
                throw stale();
            }
            return change.apply(now);
        });
    }

    IllegalStateException stale() {
        return new IllegalStateException(
                "job #" + id + " (" + operation + ") on " + hold.object.target + " has ended");
    }

    /** Notes what the work threw, unless the work has ended the job itself. */
    void failIfOpen(Throwable failure) {
        LIFE.updateAndGet(this, now -> now.open() ? now.failed(failure) : now);
    }

    JobMask mask() {
        return life.mask();
    }

    Owner owner() {
        return owner;
    }

    long fence() {
        return fence;
    }

    void fence(long value) {
        fence = value;
    }

    // ---- whose it is ----------------------------------------------------------------------------

    @Nullable
    Thread boundTo() {
        return boundTo;
    }

    /** Binds the job to a thread, which is its owner from now on. */
    void bind(Thread thread) {
        owner = new Owner(thread.getName(), owner.bundle(), owner.bundleId());
        boundTo = thread;
    }

    void detach() {
        boundTo = null;
    }

    // ---- what it says of itself -----------------------------------------------------------------

    Progress progress() {
        Progress reported = progress;
        return reported == null ? Progress.NONE : reported;
    }

    void progress(Progress value, long nanos) {
        progressNanos = nanos;
        progress = value;
    }

    long progressNanos() {
        return progressNanos;
    }

    // ---- abort ----------------------------------------------------------------------------------

    void onAbort(Runnable action) {
        actions().add(action);
        if (life.stage() == Life.Stage.ABORTING) {
            runAbortActions();
        }
    }

    private Queue<Runnable> actions() {
        hold.object.lock.lock();
        try {
            Queue<Runnable> known = abortActions;
            if (known == null) {
                known = new ConcurrentLinkedQueue<>();
                abortActions = known;
            }
            return known;
        } finally {
            hold.object.lock.unlock();
        }
    }

    /** Runs each action that was registered once; of several threads, one takes it. */
    void runAbortActions() {
        Queue<Runnable> actions = abortActions;
        if (actions == null) {
            return;
        }
        for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
            request.engine().runForeign("abort action of job #" + id, action);
        }
    }

    /** Says that the bundle that does the work is stopping; the work will fail for that reason. */
    void stopped(String why) {
        stopped = why;
    }

    /** Returns what the work failed for: what it threw, or the stop of the bundle that made it. */
    Throwable blame(Throwable thrown) {
        return stopped == null ? thrown : new IllegalStateException(stopped, thrown);
    }

    void checkpoint() throws JobAbortedException, InterruptedException {
        Life now = life;
        if (now.stage() == Life.Stage.ABORTING) {
            LIFE.updateAndGet(this, Life::givingUp);
            throw new JobAbortedException(
                    id, "job #" + id + " (" + operation + ") was asked to abort");
        }
        if (now.outcome() == JobOutcome.ORPHANED) {
            throw new JobAbortedException(
                    id, "job #" + id + " (" + operation + ") was taken from its owner");
        }
        if (!now.open()) {
            throw stale();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("job #" + id + " (" + operation + ")");
        }
    }

    // ---- covering -------------------------------------------------------------------------------

    /** Lets a job on a child target run under this one. */
    void cover(JobEntry child) {
        hold.object.lock.lock();
        try {
            if (!life.open()) {
                throw stale();
            }
            if (covered == null) {
                covered = new LinkedHashSet<>();
            }
            covered.add(child);
        } finally {
            hold.object.lock.unlock();
        }
    }

    /** Says that a covered job has ended, or was never admitted. */
    void uncover(JobEntry child) {
        boolean last;
        hold.object.lock.lock();
        try {
            Life now = life;
            last = covered != null
                    && covered.remove(child)
                    && covered.isEmpty()
                    && now.stage() == Life.Stage.CLOSED;
            if (last && now.outcome() != null) {
                life = now.finished(now.outcome(), request.engine().clock().nanos());
            }
        } finally {
            hold.object.lock.unlock();
        }
        if (last) {
            finish();
        }
    }

    List<JobEntry> covered() {
        hold.object.lock.lock();
        try {
            return covered == null ? List.of() : List.copyOf(covered);
        } finally {
            hold.object.lock.unlock();
        }
    }

    // ---- end ------------------------------------------------------------------------------------

    /** Ends the job with the outcome that follows from its life. Does nothing if it has ended. */
    void end() {
        end(null, null);
    }

    /**
     * Ends the job.
     *
     * @param forced the outcome, or null for the one that follows from its life
     * @param cause why, with a forced outcome; or null
     * @return whether this ended it
     */
    boolean end(@Nullable JobOutcome forced, @Nullable Throwable cause) {
        boolean last;
        hold.object.lock.lock();
        try {
            Life now;
            Life next;
            do { // Owners and aborters change it without the lock.
                now = life;
                if (!now.open()) {
                    return false;
                }
                next = ending(now, forced, cause);
            } while (!LIFE.compareAndSet(this, now, next));
            last = next.stage() == Life.Stage.FINISHED;
        } finally {
            hold.object.lock.unlock();
        }
        boundTo = null;
        if (last) {
            finish();
        }
        return true;
    }

    @GuardedBy("hold.object.lock")
    private Life ending(Life seen, @Nullable JobOutcome forced, @Nullable Throwable cause) {
        Life last = cause == null ? seen : seen.failed(cause);
        if (stopped != null && forced == null && seen.failure() == null && seen.gaveUp()) {
            last = seen.failed(new IllegalStateException(stopped));
        }
        JobOutcome outcome = forced != null ? forced : outcome(seen);
        return covered == null || covered.isEmpty()
                ? last.finished(outcome, request.engine().clock().nanos())
                : last.closed(outcome);
    }

    private JobOutcome outcome(Life last) {
        if (last.failure() == null) {
            return !last.gaveUp() ? JobOutcome.COMPLETED : early();
        }
        boolean asked = last.failure() instanceof JobAbortedException
                || last.stage() == Life.Stage.ABORTING;
        return asked ? early() : JobOutcome.FAILED;
    }

    /** An early end is no abort but a failure if it was the bundle doing the work that stopped. */
    private JobOutcome early() {
        return stopped == null ? JobOutcome.ABORTED : JobOutcome.FAILED;
    }

    private void finish() {
        JobInfo record = JobSnapshot.of(this);
        request.engine().history().add(record);
        hold.object.end(hold, record);
        if (intention != null) {
            intention.object.letGo(intention);
        }
        leaveCover();
        over(record);
    }

    /** Leaves the job that covers this one, if there is one. */
    void leaveCover() {
        if (parent != null && type != JobType.NESTED) {
            parent.uncover(this);
        }
    }

    /** Returns the job's end; completes on the engine's executor. */
    CompletableFuture<JobInfo> ended() {
        CompletableFuture<JobInfo> mine = new CompletableFuture<>();
        CompletableFuture<JobInfo> future = ENDED.compareAndSet(this, null, mine) ? mine : ended;
        if (over) {
            tellEnded(JobSnapshot.of(this));
        }
        return future == null ? mine : future;
    }

    /** Says that the job holds nothing any more: it has ended, or was never admitted. */
    void over(JobInfo record) {
        over = true;
        tellEnded(record);
    }

    private void tellEnded(JobInfo record) {
        CompletableFuture<JobInfo> future = ended;
        if (future != null && !future.isDone()) {
            request.engine().execute(() -> future.complete(record));
        }
    }

    /** Returns whether the job holds nothing any more. */
    boolean over() {
        return over;
    }
}
