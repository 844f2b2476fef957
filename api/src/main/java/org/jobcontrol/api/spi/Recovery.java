package org.jobcontrol.api.spi;

import java.util.Objects;
import org.jobcontrol.api.JobOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter made of a job that a crash interrupted. Immutable.
 *
 * @param state what becomes of the job
 * @param outcome how the job ends in the history; null unless it ends
 * @param detail what was done, or why nothing was; a few words for people
 */
public record Recovery(State state, @Nullable JobOutcome outcome, String detail) {
    /** What becomes of the job. */
    public enum State {
        /** It is over. */
        ENDED,
        /** It goes on. */
        GOES_ON,
        /** It waits for another attempt. */
        LATER
    }

    /**
     * Checks that the outcome is there if the job ends, and only then.
     *
     * @param state see the record
     * @param outcome see the record
     * @param detail see the record
     */
    public Recovery {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        if ((state == State.ENDED) != (outcome != null)) {
            throw new IllegalArgumentException(state + " with outcome " + outcome);
        }
    }

    /**
     * The job is over, and what it left behind is in order.
     *
     * @param outcome COMPLETED if its work was done after all, ABORTED if it was taken back, FAILED if
     *     it is lost, ORPHANED if nobody can tell
     * @param detail what was done
     * @return the recovery
     */
    public static Recovery ended(JobOutcome outcome, String detail) {
        return new Recovery(State.ENDED, Objects.requireNonNull(outcome, "outcome"), detail);
    }

    /**
     * The job goes on: {@link InterruptedJob#goOn} was called.
     *
     * @return the recovery
     */
    public static Recovery goesOn() {
        return new Recovery(State.GOES_ON, null, "goes on");
    }

    /**
     * Nothing can be done yet: the target is not known, or its driver is away. The target stays closed to
     * others. It is tried again when an adapter of that kind comes, when the adapter asks for it ({@link
     * JobControls#recover}), or an operator does ({@link org.jobcontrol.api.JobAdmin#recover}).
     *
     * @param detail what is missing
     * @return the recovery
     */
    public static Recovery later(String detail) {
        return new Recovery(State.LATER, null, detail);
    }
}
