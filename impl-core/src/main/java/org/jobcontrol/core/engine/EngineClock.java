package org.jobcontrol.core.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * The engine's time: monotonic for whatever is decided, and wall-clock only for people to read. Tests
 * bring one that they move by hand.
 */
public interface EngineClock extends AutoCloseable {
    /** A deadline that can still be called off. */
    @FunctionalInterface
    interface Timer {
        /** Calls it off; the action may already run. */
        void cancel();
    }

    /**
     * Returns the clock of this machine, with one thread for deadlines, started when the first is
     * set.
     *
     * @return the clock
     */
    static EngineClock system() {
        return new SystemClock();
    }

    /**
     * Returns the monotonic time.
     *
     * @return nanoseconds since some moment; only differences mean something
     */
    long nanos();

    /**
     * Returns the monotonic time, perhaps as it was some milliseconds ago: for what people look at, and
     * what is not worth a look at the exact time.
     *
     * @return nanoseconds as of {@link #nanos()}
     */
    default long coarseNanos() {
        return nanos();
    }

    /**
     * Returns a monotonic time as people read it.
     *
     * @param nanos a time that {@link #nanos()} gave
     * @return the instant
     */
    Instant instant(long nanos);

    /**
     * Returns what {@link #nanos()} was, or would have been, at an instant; the reverse of {@link
     * #instant}.
     *
     * @param instant the instant
     * @return nanoseconds as of {@link #nanos()}
     */
    default long nanosOf(Instant instant) {
        long now = nanos();
        return now - Request.nanos(Duration.between(instant, instant(now)));
    }

    /**
     * Runs an action when a time has come, on a thread of the clock. The action must not block.
     *
     * @param nanos the time, as of {@link #nanos()}
     * @param action what to do
     * @return calls it off
     */
    Timer at(long nanos, Runnable action);

    /** Stops the clock's thread; what was set is not done any more. */
    @Override
    void close();
}
