package org.jobcontrol.core.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The monotonic time as it was at the last tick: to read it costs a fraction of a look at the machine's
 * clock. Ticks only while it is read often; safe for use by many threads.
 */
final class Ticker implements AutoCloseable {
    /*
     * now is the time of the last tick, or STOPPED. While it is stopped, readers look at the machine's
     * clock themselves; the one whose look is the MANY-th starts the ticks. Readers say that they were
     * there by read, which the ticking thread takes back at each tick: at IDLE ticks in a row without
     * a reader it stops and parks. The thread is made when it is first needed.
     *
     * A tick is late when the machine has no processor free for its thread; so is the time then.
     */
    private static final long STOPPED = Long.MIN_VALUE;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MANY = 64;
    private static final int IDLE = 20;

    private volatile long now = STOPPED;
    private volatile boolean read;
    private volatile boolean closed;
    private int looks;
    private @Nullable Thread thread;

    /** Returns the time of the last tick, or the exact time if nothing ticks. */
    long nanos() {
        long ticked = now;
        if (ticked == STOPPED) {
            return look();
        }
        if (!read) {
            read = true;
        }
        return ticked;
    }

    private long look() {
        // Readers may race: then some looks are not counted, and the ticks begin a little later.
        int count = looks + 1;
        looks = count;
        if (count % MANY == 0 && !closed) {
            start();
        }
        return System.nanoTime();
    }

    private synchronized void start() {
        if (closed) {
            return;
        }
        Thread known = thread;
        if (known == null) {
            known = new Thread(this::run, "jobcontrol-ticks");
            known.setDaemon(true);
            known.setContextClassLoader(null);
            thread = known;
            known.start();
        } else {
            LockSupport.unpark(known);
        }
    }

    private void run() {
        while (!closed) {
            tick();
            now = STOPPED;
            // Asked again: it may have been the wake-up of close that ended the last tick.
            if (!closed) {
                LockSupport.park(this);
            }
        }
    }

    private void tick() {
        int idle = 0;
        while (!closed && idle < IDLE) {
            now = System.nanoTime();
            idle = read ? 0 : idle + 1;
            read = false;
            LockSupport.parkNanos(this, TICK_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            LockSupport.unpark(thread);
        }
    }
}
