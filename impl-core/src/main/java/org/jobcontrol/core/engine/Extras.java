package org.jobcontrol.core.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.Progress;
import org.jspecify.annotations.Nullable;

/** What most jobs never have: made for a job that waits or has a parent, and for others when asked. */
final class Extras {
    /*
     * Covering. A job on a pool may cover jobs on its volumes, which then need no intention. It keeps
     * its slot until the last of them has ended, even if its owner closes it first. The list of covered
     * jobs and the step to CLOSED or FINISHED are guarded by the lock of the job's own job object.
     */
    @SuppressWarnings("rawtypes") // an updater knows only the class
    private static final AtomicReferenceFieldUpdater<Extras, CompletableFuture> ENDED =
            AtomicReferenceFieldUpdater.newUpdater(Extras.class, CompletableFuture.class, "ended");

    @SuppressWarnings("rawtypes") // an updater knows only the class
    private static final AtomicReferenceFieldUpdater<Extras, Queue> ACTIONS =
            AtomicReferenceFieldUpdater.newUpdater(Extras.class, Queue.class, "abortActions");

    private static final AtomicReferenceFieldUpdater<Extras, Pause> PAUSE =
            AtomicReferenceFieldUpdater.newUpdater(Extras.class, Pause.class, "pause");

    static final long NEVER = Long.MIN_VALUE;

    /** The async job of a nested job, the job that covers this one, or null. */
    final @Nullable JobEntry parent;

    /** Written before the job can be admitted; null if it never waited, and again when it has ended. */
    volatile @Nullable Request request;

    /** Written before the job is admitted, and read by who has seen that it is; 0 if it never waited. */
    long fence;

    /** When it was asked for; {@link #NEVER} if it never waited, so it was when it started. */
    long queuedNanos = NEVER;

    /** Why the bundle that does the work is stopping; the work will fail for that. */
    volatile @Nullable String stopped;

    /** What the journal has of it; null if it is not recorded. */
    volatile @Nullable Recorded recorded;

    /** How many bytes a second the work may move; 0 for any number. */
    volatile long bandwidth;

    /** Whether the work has said that it cannot be paused. */
    volatile boolean unpausable;

    /** Whether the work has said that it follows no limit. */
    volatile boolean unlimitable;

    private volatile @Nullable Progress progress;
    private volatile long progressNanos;
    private volatile @Nullable Queue<Runnable> abortActions;
    private volatile @Nullable CompletableFuture<JobInfo> ended;
    private volatile @Nullable Pause pause;
    private volatile boolean over;
    private @Nullable Set<JobEntry> covered;

    Extras(@Nullable JobEntry parent) {
        this.parent = parent;
    }

    // ---- progress -------------------------------------------------------------------------------

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

    Queue<Runnable> abortActions() {
        ACTIONS.compareAndSet(this, null, new ConcurrentLinkedQueue<Runnable>());
        Queue<Runnable> actions = abortActions;
        return actions == null ? new ConcurrentLinkedQueue<>() : actions;
    }

    // ---- pace -----------------------------------------------------------------------------------

    /** Returns what holds the work up, made if nobody ever asked for that. */
    Pause pause() {
        PAUSE.compareAndSet(this, null, new Pause());
        return Objects.requireNonNull(pause, "pause");
    }

    /** Returns whether the work stands at a checkpoint. */
    boolean stands() {
        Pause known = pauseIfAsked();
        return known != null && known.stands();
    }

    @Nullable
    Pause pauseIfAsked() {
        Pause known = pause;
        return known == null || !known.asked() ? null : known;
    }

    // ---- covering, under the lock of the job's own job object -----------------------------------

    void cover(JobEntry child) {
        Set<JobEntry> others = covered;
        if (others == null) {
            others = new LinkedHashSet<>();
            covered = others;
        }
        others.add(child);
    }

    /** Says that a covered job has ended or was never admitted; true if it was the last. */
    boolean uncover(JobEntry child) {
        return covered != null && covered.remove(child) && covered.isEmpty();
    }

    boolean covers() {
        return covered != null && !covered.isEmpty();
    }

    List<JobEntry> covered() {
        return covered == null ? List.of() : List.copyOf(covered);
    }

    // ---- end ------------------------------------------------------------------------------------

    /** Returns the job's end, which completes on the executor. */
    CompletableFuture<JobInfo> ended(Executor executor, Supplier<JobInfo> record) {
        CompletableFuture<JobInfo> mine = new CompletableFuture<>();
        CompletableFuture<JobInfo> future = ENDED.compareAndSet(this, null, mine) ? mine : ended;
        if (over) {
            tell(executor, record);
        }
        return future == null ? mine : future;
    }

    /** Says that the job holds nothing any more: it has ended, or was never admitted. */
    void over(Executor executor, Supplier<JobInfo> record) {
        over = true;
        tell(executor, record);
    }

    private void tell(Executor executor, Supplier<JobInfo> record) {
        CompletableFuture<JobInfo> future = ended;
        if (future != null && !future.isDone()) {
            JobInfo info = record.get();
            executor.execute(() -> future.complete(info));
        }
    }

    boolean over() {
        return over;
    }

    /** Lets go of what may be of a bundle that goes, and of what an ended job needs no more. */
    void forget() {
        request = null;
        abortActions = null;
    }
}
