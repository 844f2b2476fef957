package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * A place on one job object that a job wants or has: the slot it runs in, which is the job itself, or
 * its {@link Intention} on the parent target. A request takes its holds one after another.
 */
abstract class Hold {
    final CoreJobObject object;

    Hold(CoreJobObject object) {
        this.object = object;
    }

    abstract JobType type();

    abstract JobEntry job();

    /** Returns whether it was held and is no more. What was done before that is seen by who sees it. */
    abstract boolean left();

    /**
     * Prepares to be alone on the job object. Undone by being called again, if somebody else was
     * first.
     *
     * @param last what was alone there before, and has left; or null
     */
    abstract void follow(@Nullable Hold last);

    /** Returns the job that was the last to end on the job object, seen from this hold on it. */
    abstract @Nullable JobEntry completed();
}
