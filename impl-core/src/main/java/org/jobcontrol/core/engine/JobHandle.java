package org.jobcontrol.core.engine;

import java.util.Map;
import java.util.Objects;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** A job as its owner sees it. */
class JobHandle extends JobEntry implements Job {
    JobHandle(
            CoreJobObject object,
            JobType type,
            String operation,
            Owner owner,
            @Nullable Thread thread) {
        super(object, type, operation, owner, thread);
    }

    /** Returns the job behind what an owner has, or null if it is none of this engine's. */
    static @Nullable JobHandle of(Job job) {
        return LeakTracker.watched(job) instanceof JobHandle handle ? handle : null;
    }

    @Override
    public final long id() {
        return id;
    }

    @Override
    public final long fence() {
        return super.fence();
    }

    @Override
    public final TargetId target() {
        return object.target;
    }

    @Override
    public final JobType type() {
        return type;
    }

    @Override
    public final String operation() {
        return operation;
    }

    @Override
    public final JobInfo info() {
        return JobSnapshot.of(this);
    }

    @Override
    public final boolean abortRequested() {
        Life now = life();
        // Work that only looks here must not take the job from which it was parted for a sound one.
        return now.stage() == Life.Stage.ABORTING || now.outcome() == JobOutcome.ORPHANED;
    }

    @Override
    public final void onAbort(Runnable action) {
        Objects.requireNonNull(action, "action");
        if (!life().open()) {
            throw stale();
        }
        needExtras().abortActions().add(action);
        if (life().stage() == Life.Stage.ABORTING) {
            runAbortActions();
        }
    }

    @Override
    public final void checkpoint() throws JobAbortedException, InterruptedException {
        Pause pause = pauseIfAsked();
        while (pause != null) {
            pause.await();
            pause = pauseIfAsked();
        }
        Life now = life();
        if (now.stage() == Life.Stage.ABORTING) {
            updateIfOpen(Life::givingUp);
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

    @Override
    public final boolean pauseRequested() {
        return pauseIfAsked() != null;
    }

    private @Nullable Pause pauseIfAsked() {
        Extras extras = extras();
        return extras == null ? null : extras.pauseIfAsked();
    }

    @Override
    public final void pausable(boolean pausable) {
        needExtrasIfOpen().unpausable = !pausable;
        if (!pausable) {
            resume();
        }
    }

    @Override
    public final void limitable(boolean limitable) {
        needExtrasIfOpen().unlimitable = !limitable;
    }

    @Override
    public final long bandwidth() {
        Extras extras = extras();
        return extras == null ? 0 : extras.bandwidth;
    }

    @Override
    public final void fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        Throwable failure = PastFailure.of(cause);
        update(now -> now.failed(failure));
    }

    @Override
    public final void detach() {
        unbind();
    }

    @Override
    public final Progress progress() {
        Extras extras = extras();
        return extras == null ? Progress.NONE : extras.progress();
    }

    @Override
    public final void progress(Progress value) {
        Objects.requireNonNull(value, "progress");
        if (!life().open()) {
            throw stale();
        }
        long now = object.engine().clock().nanos();
        needExtras().progress(value, now);
        object.engine().recorder().progress(this, value, now);
    }

    @Override
    public final void record(Map<String, String> attributes) {
        object.engine().recorder().attributes(this, Map.copyOf(attributes));
    }

    @Override
    public final void abortable(boolean abortable) {
        update(now -> now.abortable(abortable));
    }

    @Override
    public final AbortResult abort() {
        Audit.record("abort", this, owner().bundle());
        return object.engine().aborts().ask(this);
    }

    @Override
    public final void close() {
        end();
    }
}
