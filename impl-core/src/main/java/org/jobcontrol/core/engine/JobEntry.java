package org.jobcontrol.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A job as the engine sees it, from the moment it is asked for until it is history. It is its own hold
 * on its job object, and as {@link JobHandle} what its owner has: a begin that need not wait makes one
 * object.
 */
abstract class JobEntry extends JobLife {
    /*
     * The fields that are not volatile are written before the job is published by the compare-and-set
     * of the job object's word, or under its lock; but those that change later have a VarHandle.
     *
     * Whether the job waits, runs or was refused is its request's fate, if it has a request: a group's
     * jobs begin at one moment.
     */
    private static final VarHandle BOUND_TO;
    private static final VarHandle BEFORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BOUND_TO = lookup.findVarHandle(JobEntry.class, "boundTo", Thread.class);
            BEFORE = lookup.findVarHandle(JobEntry.class, "before", JobEntry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final JobType type;
    final String operation;
    private Owner owner;

    @SuppressWarnings("UnusedVariable") // read by its VarHandle
    private @Nullable Thread boundTo;

    /** The job that ended last on the job object before this one came; until this one ends. */
    @SuppressWarnings("UnusedVariable") // read by its VarHandle
    private @Nullable JobEntry before;

    long id;
    private long startedNanos;
    private long endedNanos;

    /**
     * Makes a job that nobody knows yet.
     *
     * @param object where it is to run
     * @param type what it may do
     * @param operation what people call it
     * @param owner who asks
     * @param thread the thread that it is bound to, or null
     */
    JobEntry(
            CoreJobObject object,
            JobType type,
            String operation,
            Owner owner,
            @Nullable Thread thread) {
        super(object);
        this.type = type;
        this.operation = operation;
        this.owner = owner;
        this.boundTo = thread;
        this.startedNanos = object.engine().clock().coarseNanos();
    }

    // ---- as a hold ------------------------------------------------------------------------------

    @Override
    final JobEntry job() {
        return this;
    }

    @Override
    final void follow(@Nullable Hold last) {
        before = last == null ? null : last.completed();
        // Drawn after the last one was seen, so that fences grow on each target.
        number();
    }

    /** Draws the job's number, which is its id and, unless it waits, its fence. */
    void number() {
        id = object.engine().nextId();
    }

    /** Returns the number that is the fence of a job that never waited. */
    long fenceNumber() {
        return id;
    }

    @Override
    final @Nullable JobEntry completed() {
        // In this order: it is forgotten only after the job has left.
        JobEntry earlier = (JobEntry) BEFORE.getAcquire(this);
        return left() ? this : earlier;
    }

    /** Returns the hold on the parent target that this job needs beside its own, or null. */
    @Nullable
    Intention intention() {
        return null;
    }

    // ---- what becomes of it ---------------------------------------------------------------------

    @Override
    final IllegalStateException stale() {
        return new IllegalStateException(
                "job #" + id + " (" + operation + ") on " + object.target + " has ended");
    }

    /** Gives the job a parent, before anybody knows it. */
    final void parent(JobEntry parent) {
        update(life -> life.with(new Extras(parent)));
    }

    /** Gives the job a request. Somebody may know the job: by its intention, if it has that. */
    final void waitFor(Request request, long queuedNanos) {
        if (id == 0) {
            number();
        }
        object.engine().numbers().awaitReserved(id);
        update(now -> {
            Extras known = now.extras();
            Extras extras = known == null ? new Extras(null) : known;
            extras.queuedNanos = queuedNanos;
            extras.request = request;
            return now.with(extras);
        });
    }

    /** Says that the job is to run, under the lock of its job object and before its request knows. */
    final void admit(long nanos) {
        startedNanos = nanos;
        needExtras().fence = object.engine().nextId();
    }

    /** Says of a job that nobody knows yet that it is one of which a journal tells. */
    final void restore(JobRecord record) {
        EngineClock clock = object.engine().clock();
        id = record.id();
        startedNanos = clock.nanosOf(record.started());
        update(life -> life.phase(record.phase()));
        Extras extras = needExtras();
        extras.queuedNanos = clock.nanosOf(record.queued());
        extras.fence = object.engine().numbers().numberOf(record.fence());
        extras.progress(record.progress(), startedNanos);
    }

    final @Nullable JobEntry parent() {
        Extras extras = extras();
        return extras == null ? null : extras.parent;
    }

    final @Nullable Request request() {
        Extras extras = extras();
        return extras == null ? null : extras.request;
    }

    /** Returns the request of a job that waits, or that a round admits. */
    final Request waiting() {
        return Objects.requireNonNull(request(), "request");
    }

    final boolean admitted() {
        Request request = request();
        return request == null ? entered() : request.admitted();
    }

    /** Returns whether a job without a request is in its slot, or was. */
    boolean entered() {
        return true;
    }

    /** Says that the job is in its slot. */
    void enter() {}

    /** Returns whether jobs on child targets run under this one. Under the lock of its job object. */
    final boolean coversOthers() {
        Extras extras = extras();
        return extras != null && extras.covers();
    }

    /** Returns whether the journal is to know of it. */
    boolean recordable() {
        return type == JobType.DESTROY;
    }

    /** Returns whether a crash interrupted it, and its adapter has not recovered it yet. */
    boolean recovering() {
        return false;
    }

    /** Returns whether it is a job of which the history tells. */
    boolean remembered() {
        return !operation.equals(TargetAdapter.LOOK);
    }

    // ---- whose it is ----------------------------------------------------------------------------

    final Owner owner() {
        return owner;
    }

    final @Nullable Thread boundTo() {
        return (Thread) BOUND_TO.getVolatile(this);
    }

    /** Binds the job to a thread, which is its owner from now on. */
    final void bind(Thread thread) {
        owner = owner.in(thread);
        BOUND_TO.setVolatile(this, thread);
        object.rebound(this);
        Intention intention = intention();
        if (intention != null) {
            intention.object.rebound(intention);
        }
    }

    /** Says that the job is bound to no thread. */
    final void unbind() {
        BOUND_TO.setRelease(this, null);
    }

    // ---- end ------------------------------------------------------------------------------------

    /** Ends the job with the outcome that follows from its life. Does nothing if it has ended. */
    final void end() {
        if (said() != null || !object.alone(this)) {
            end(null, null);
            return;
        }
        endedNanos = Math.max(startedNanos, object.engine().clock().coarseNanos());
        // First, so that it is always found: as the one that runs or as one that has ended.
        History history = object.engine().history();
        History.Ring remembered = history.add(this);
        if (completePlain()) {
            history.settle(this, remembered);
            object.hasLeft();
            forget();
        } else {
            end(null, null);
        }
    }

    /**
     * Ends the job the long way.
     *
     * @param forced the outcome, or null for the one that follows from its life
     * @param cause why, with a forced outcome; or null
     * @return whether this ended it
     */
    final boolean end(@Nullable JobOutcome forced, @Nullable Throwable cause) {
        return Ends.end(this, forced, cause);
    }

    @Override
    final History.@Nullable Ring ending(Life next) {
        endedNanos = object.engine().clock().nanos();
        // First, so that it is always found, as in end().
        return next.stage() == Life.Stage.FINISHED ? object.engine().history().add(this) : null;
    }

    @Override
    final void hasEnded(Life next, History.@Nullable Ring remembered) {
        if (next.stage() == Life.Stage.FINISHED) {
            object.engine().history().settle(this, remembered);
        }
    }

    /** Lets go of what an ended job needs no more, and gives back what it holds elsewhere. */
    void forget() {
        BEFORE.setRelease(this, null);
        BOUND_TO.setRelease(this, null);
    }

    /** Returns whether the job holds nothing any more: it has ended, or was never admitted. */
    boolean over() {
        Extras extras = extras();
        return extras == null ? left() : extras.over();
    }

    // ---- when -----------------------------------------------------------------------------------

    final long queuedNanos() {
        Extras extras = extras();
        return extras == null || extras.queuedNanos == Extras.NEVER
                ? startedNanos
                : extras.queuedNanos;
    }

    final long startedNanos() {
        return startedNanos;
    }

    final long endedNanos() {
        return endedNanos;
    }

    long fence() {
        Extras extras = extras();
        return object.engine()
                .fence(extras == null || extras.fence == 0 ? fenceNumber() : extras.fence);
    }

    /** Returns the mask of an async job, and NONE for another. */
    JobMask mask() {
        return life().mask();
    }

    /** Limits how fast the work may move data. */
    public final void bandwidth(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("negative bandwidth: " + bytesPerSecond);
        }
        needExtrasIfOpen().bandwidth = bytesPerSecond;
    }

    /** Has paused work go on. */
    final void resume() {
        Extras extras = extras();
        Pause pause = extras == null ? null : extras.pauseIfAsked();
        if (pause != null) {
            pause.end();
        }
    }

    /** Runs each abort action that was registered once; of several threads, one takes it. */
    final void runAbortActions() {
        Extras extras = extras();
        if (extras == null) {
            return;
        }
        Queue<Runnable> actions = extras.abortActions();
        for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
            object.engine().runForeign("abort action of job #" + id, action);
        }
    }

    /** Returns the job's end, which completes on the engine's executor. */
    final CompletableFuture<JobInfo> ended() {
        Extras extras = extrasIfOpen();
        return extras == null
                ? CompletableFuture.completedFuture(JobSnapshot.of(this))
                : extras.ended(object.engine()::execute, () -> JobSnapshot.of(this));
    }

    /** Returns what people read in a log. */
    @Override
    public final String toString() {
        return "job #" + id + " " + type + " '" + operation + "' on " + object.target + " (bundle "
                + owner.bundle() + ", thread " + owner.thread() + ")";
    }
}
