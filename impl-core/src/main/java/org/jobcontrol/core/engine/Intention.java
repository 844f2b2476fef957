package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/** The shared hold of a job on the parent of its target: keeps away who must be alone there. */
final class Intention extends Hold {
    private final JobEntry job;

    /** What {@link #completed} gives; written before this is published, and never after. */
    private @Nullable JobEntry before;

    private volatile boolean left;

    Intention(CoreJobObject object, JobEntry job) {
        super(object);
        this.job = job;
    }

    @Override
    JobType type() {
        return JobType.CHILD;
    }

    @Override
    JobEntry job() {
        return job;
    }

    @Override
    boolean left() {
        return left;
    }

    @Override
    void follow(@Nullable Hold last) {
        before = last == null ? null : last.completed();
    }

    @Override
    @Nullable
    JobEntry completed() {
        return before;
    }

    /** Gives the hold back, and lets in whoever waits for that. */
    void giveBack() {
        if (object.alone(this)) {
            left = true;
            object.hasLeft();
            return;
        }
        Admission admission = object.lock();
        try {
            left = true;
            admission.leave(this);
        } finally {
            object.unlock(admission);
        }
    }
}
