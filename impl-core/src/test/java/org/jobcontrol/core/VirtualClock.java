package org.jobcontrol.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jobcontrol.core.engine.EngineClock;

/**
 * A clock that stands still until it is moved. What is due runs on the thread that moves it, in the
 * order of its time, and of two at one time the one set first.
 */
public final class VirtualClock implements EngineClock {
    private record Due(long nanos, long number, Runnable action) {}

    private final PriorityQueue<Due> timers = new PriorityQueue<>(
            Comparator.comparingLong(Due::nanos).thenComparingLong(Due::number));
    private long now = 1_000_000_000L;
    private long numbers;

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public synchronized Timer at(long nanos, Runnable action) {
        Due due = new Due(nanos, numbers++, action);
        timers.add(due);
        return () -> cancel(due);
    }

    private synchronized void cancel(Due due) {
        timers.remove(due);
    }

    /**
     * Moves on, running what falls due on the way.
     *
     * @param time how far
     * @param afterEach runs after each that fell due, at its time
     */
    public void advance(Duration time, Runnable afterEach) {
        long end = nanos() + time.toNanos();
        for (Due due = next(end); due != null; due = next(end)) {
            due.action().run();
            afterEach.run();
        }
    }

    /**
     * Moves on, running what falls due on the way.
     *
     * @param time how far
     */
    public void advance(Duration time) {
        advance(time, () -> {});
    }

    private synchronized Due next(long end) {
        Due due = timers.peek();
        if (due == null || due.nanos() > end) {
            now = end;
            return null;
        }
        now = Math.max(now, due.nanos());
        return timers.poll();
    }

    @Override
    public synchronized void close() {
        timers.clear();
    }
}
