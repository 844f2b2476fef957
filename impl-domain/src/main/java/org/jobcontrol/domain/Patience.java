package org.jobcontrol.domain;

import java.time.Duration;
import java.util.Objects;

/** How long the caller of an operation waits, for its job and for the hypervisor together. */
final class Patience {
    /**
     * The least that a hypervisor is given to answer, however short the caller's timeout is: a timeout of
     * zero is about the job, and a call that has begun is not given up at once.
     */
    static final Duration LEAST_FOR_ANSWER = Duration.ofSeconds(2);

    /** How long a hypervisor is given to answer where the caller names no timeout. */
    static final Duration WITHOUT_TIMEOUT = Duration.ofSeconds(10);

    private final long beganNanos = System.nanoTime();
    private final Duration timeout;

    Patience(Duration timeout) {
        this.timeout = Objects.requireNonNull(timeout, "timeout");
    }

    /** Returns how long the operation has taken until now. */
    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /** Returns what is left of the timeout; zero or less once it has passed. */
    Duration left() {
        return timeout.isNegative() || timeout.isZero() ? timeout : timeout.minus(waited());
    }

    /** Returns how long to wait for an answer of the hypervisor. */
    Duration forAnswer() {
        Duration left = left();
        return left.compareTo(LEAST_FOR_ANSWER) < 0 ? LEAST_FOR_ANSWER : left;
    }
}
