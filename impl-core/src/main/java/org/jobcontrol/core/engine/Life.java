package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What may change while a job runs, as one value: whoever reads it sees a state that was.
 *
 * @param stage how far the job is
 * @param abortable whether it can be asked to abort
 * @param gaveUp whether a checkpoint told the work to end early
 * @param failure what the owner said went wrong, or null
 * @param phase how far an async job has got; empty at first
 * @param mask the mask of an async job
 * @param outcome how it ended; null until it is ending
 * @param extras what only few jobs have, or null
 */
record Life(
        Stage stage,
        boolean abortable,
        boolean gaveUp,
        @Nullable Throwable failure,
        String phase,
        JobMask mask,
        @Nullable JobOutcome outcome,
        @Nullable Extras extras) {
    /**
     * {@code RUNNING -> [ABORTING ->] [CLOSED ->] FINISHED}. A job is CLOSED when its owner has ended
     * it while jobs that it covers still run: it keeps its slot for them.
     */
    enum Stage {
        RUNNING,
        ABORTING,
        CLOSED,
        FINISHED
    }

    /** The life of a job of which nothing was ever said. */
    static final Life PLAIN = begin(true, JobMask.NONE);

    /** How such a job ends. */
    static final Life COMPLETED = PLAIN.finished(JobOutcome.COMPLETED);

    static Life begin(boolean abortable, JobMask mask) {
        return new Life(Stage.RUNNING, abortable, false, null, "", mask, null, null);
    }

    /** Returns whether the owner's handle is of use. */
    boolean open() {
        return stage == Stage.RUNNING || stage == Stage.ABORTING;
    }

    Life aborting() {
        return new Life(Stage.ABORTING, abortable, gaveUp, failure, phase, mask, outcome, extras);
    }

    Life abortable(boolean value) {
        return new Life(stage, value, gaveUp, failure, phase, mask, outcome, extras);
    }

    Life givingUp() {
        return new Life(stage, abortable, true, failure, phase, mask, outcome, extras);
    }

    Life failed(Throwable cause) {
        return new Life(stage, abortable, gaveUp, cause, phase, mask, outcome, extras);
    }

    Life phase(String value) {
        return new Life(stage, abortable, gaveUp, failure, value, mask, outcome, extras);
    }

    Life mask(JobMask value) {
        return new Life(stage, abortable, gaveUp, failure, phase, value, outcome, extras);
    }

    Life with(Extras more) {
        return new Life(stage, abortable, gaveUp, failure, phase, mask, outcome, more);
    }

    Life closed(JobOutcome result) {
        return new Life(Stage.CLOSED, abortable, gaveUp, failure, phase, mask, result, extras);
    }

    Life finished(JobOutcome result) {
        return new Life(Stage.FINISHED, abortable, gaveUp, failure, phase, mask, result, extras);
    }
}
