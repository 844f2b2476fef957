package org.jobcontrol.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What becomes of a job: one immutable {@link Life} in one reference, so a snapshot is never torn. */
abstract class JobLife extends Hold {
    /*
     * The reference is null as long as nothing was said of the job, which is nearly always so until it
     * ends: one compare-and-set from null to COMPLETED is the whole end of such a job that is alone on
     * its job object. Whoever has something to say of it makes the reference another, and has the job
     * end the long way, in Ends.
     *
     * Memory. What the owner did before it ended the job is seen by the next owner: the end is a
     * compare-and-set of life, and the next owner has read it (left) before it came.
     */
    private static final VarHandle LIFE;

    static {
        try {
            LIFE = MethodHandles.lookup().findVarHandle(JobLife.class, "life", Life.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Life life;

    JobLife(CoreJobObject object) {
        super(object);
    }

    @Override
    final boolean left() {
        Life now = life;
        return now != null && now.stage() == Life.Stage.FINISHED;
    }

    /** Returns the life of this job as long as nothing was said of it. */
    Life plain() {
        return Life.PLAIN;
    }

    /** Returns the life, or null if nothing was said of this job. */
    final @Nullable Life said() {
        return life;
    }

    final Life life() {
        Life now = life;
        return now == null ? plain() : now;
    }

    /** Changes the life of a job whose handle is of use. */
    final Life update(UnaryOperator<Life> change) {
        Life changed = updateIfOpen(change);
        if (changed == null) {
            throw stale();
        }
        return changed;
    }

    /** Changes the life of a job; does nothing and returns null if it has ended. */
    final @Nullable Life updateIfOpen(UnaryOperator<Life> change) {
        while (true) {
            Life raw = life;
            Life now = raw == null ? plain() : raw;
            if (!now.open()) {
                return null;
            }
            Life next = change.apply(now);
            if (LIFE.compareAndSet(this, raw, next)) {
                return next;
            }
        }
    }

    /** Returns what a handle says that is of no use any more. */
    abstract IllegalStateException stale();

    // ---- what few jobs have ---------------------------------------------------------------------

    /** Returns what only few jobs have, or null if this has none of it. */
    final @Nullable Extras extras() {
        return life().extras();
    }

    /** Returns what only few jobs have, made if it has none; the job ends the long way then. */
    final Extras needExtras() {
        Extras extras = extrasIfOpen();
        if (extras == null) {
            throw stale();
        }
        return extras;
    }

    /** The same; fails also if the job has ended and has some. */
    final Extras needExtrasIfOpen() {
        if (!life().open()) {
            throw stale();
        }
        return needExtras();
    }

    /** The same as {@link #needExtras}, but null if the job has ended and has none. */
    final @Nullable Extras extrasIfOpen() {
        Extras known = extras();
        if (known != null) {
            return known;
        }
        Life now = updateIfOpen(life -> life.extras() != null ? life : life.with(new Extras(null)));
        return now == null ? null : now.extras();
    }

    /** Says that the bundle that does the work is stopping, so that the work will fail for that. */
    final void stopped(String why) {
        Extras extras = extrasIfOpen();
        if (extras != null) {
            extras.stopped = why;
        }
    }

    /** Returns what the work failed for: what it threw, or the stop of the bundle that made it. */
    final Throwable blame(Throwable thrown) {
        Extras extras = extras();
        String stopped = extras == null ? null : extras.stopped;
        return stopped == null ? thrown : new IllegalStateException(stopped, thrown);
    }

    /** Notes what the work threw, unless the work has ended the job itself. */
    final void failIfOpen(Throwable thrown) {
        Throwable failure = PastFailure.of(thrown);
        updateIfOpen(now -> now.failed(failure));
    }

    // ---- end ------------------------------------------------------------------------------------

    /** Ends a job of which nothing was said; false if something was, or it has ended. */
    final boolean completePlain() {
        return LIFE.compareAndSet(this, null, Life.COMPLETED);
    }

    /** Changes the life by an ending, unless that gives null. Under the job object's lock. */
    final boolean endLife(Function<Life, @Nullable Life> ending) {
        while (true) {
            Life raw = life;
            Life now = raw == null ? plain() : raw;
            Life next = ending.apply(now);
            if (next == null) {
                return false;
            }
            History.Ring remembered = ending(next);
            if (LIFE.compareAndSet(this, raw, next)) {
                hasEnded(next, remembered);
                return true;
            }
        }
    }

    /**
     * Notes the end before it can be seen; again if the life was changed meanwhile.
     *
     * @return where the history has it
     */
    abstract History.@Nullable Ring ending(Life next);

    /** Notes that the end can be seen. */
    abstract void hasEnded(Life next, History.@Nullable Ring remembered);
}
