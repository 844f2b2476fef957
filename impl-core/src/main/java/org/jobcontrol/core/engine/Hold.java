package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobType;

/**
 * A place on one job object that a job wants or has: the slot it runs in, or its shared hold on the
 * parent target. A request takes its holds one after another.
 */
final class Hold {
    /** Where a hold is: {@code WANTED -> [QUEUED ->] HELD -> LET_GO}; any of them may be let go. */
    enum Stage {
        WANTED,
        QUEUED,
        HELD,
        LET_GO
    }

    final CoreJobObject object;
    final JobType type;
    final JobEntry job;

    /** Written under the lock of the job object; the request's mover reads it without. */
    volatile Stage stage = Stage.WANTED;

    /** Its place in the arrival order of its job object, set when it is queued; guarded by its lock. */
    long arrival;

    Hold(CoreJobObject object, JobType type, JobEntry job) {
        this.object = object;
        this.type = type;
        this.job = job;
    }
}
