package org.jobcontrol.core.engine;

import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock of this machine. */
final class SystemClock implements EngineClock {
    private final long originNanos = System.nanoTime();
    private final Instant origin = Instant.now();
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, SystemClock::thread);
    private final Ticker ticker = new Ticker();

    SystemClock() {
        // Most deadlines are called off: a waiter is nearly always admitted.
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long coarseNanos() {
        return ticker.nanos();
    }

    @Override
    public Instant instant(long nanos) {
        return origin.plusNanos(nanos - originNanos);
    }

    @Override
    public Timer at(long nanos, Runnable action) {
        if (timers.isShutdown()) {
            return () -> {};
        }
        ScheduledFuture<?> timer = timers.schedule(action, nanos - nanos(), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void close() {
        ticker.close();
        timers.shutdownNow();
    }

    private static Thread thread(Runnable timers) {
        Thread thread = new Thread(timers, "jobcontrol-deadlines");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }
}
