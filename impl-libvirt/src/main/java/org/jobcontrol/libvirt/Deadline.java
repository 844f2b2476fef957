package org.jobcontrol.libvirt;

import java.time.Duration;

/**
 * The moment until which a caller waits for libvirt, on the monotonic clock.
 *
 * @param nanos the moment, as {@link System#nanoTime} counts
 * @param limit how long after its creation that is
 */
record Deadline(long nanos, Duration limit) {
    /** Longer than anybody waits, and short enough for the clock's arithmetic. */
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Returns the deadline that is so far away from now. */
    static Deadline in(Duration limit) {
        Duration bounded = limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
        return new Deadline(System.nanoTime() + bounded.toNanos(), bounded);
    }

    /** Returns how many nanoseconds are left; zero or less if it has passed. */
    long left() {
        return nanos - System.nanoTime();
    }
}
