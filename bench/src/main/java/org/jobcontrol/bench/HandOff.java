package org.jobcontrol.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;

/** From the end of a job until a thread that was parked for it has its own. */
final class HandOff {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int BLOCKS = 20;
    private static final int BLOCK = 1_000;

    private HandOff() {}

    /** Gives what was begun back; returns when the next may have it. */
    private interface Held {
        void end();
    }

    /**
     * Returns the median of ours, and that of a fair ReentrantLock; taken in turns, and each from its
     * quietest block: how long a processor takes to wake differs by more than the two do.
     */
    static double[] medians() throws Exception {
        double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
        ReentrantLock lock = new ReentrantLock(true);
        try (JobEngine engine = Thing.engine()) {
            JobObject jobs = Thing.control(engine).of(Thing.domain("one"));
            Callable<Held> ours = () -> {
                Job job = jobs.begin(JobType.MODIFY, "bench", LONG);
                return job::close;
            };
            Callable<Held> fair = () -> {
                lock.lock();
                return lock::unlock;
            };
            for (int i = 0; i < BLOCKS; i++) {
                long[][] nanos = new long[2][BLOCK];
                for (int j = 0; j < BLOCK; j++) {
                    nanos[0][j] = once(ours);
                    nanos[1][j] = once(fair);
                }
                best[0] = Math.min(best[0], median(nanos[0]));
                best[1] = Math.min(best[1], median(nanos[1]));
            }
        }
        return best;
    }

    private static double median(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    private static long once(Callable<Held> begin) throws Exception {
        long[] admitted = new long[1];
        Held mine = begin.call();
        Thread waiter = new Thread(() -> {
            try {
                Held its = begin.call();
                admitted[0] = System.nanoTime();
                its.end();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        waiter.start();
        while (waiter.getState() != Thread.State.WAITING
                && waiter.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(10_000);
        }
        long ended = System.nanoTime();
        mine.end();
        waiter.join();
        return admitted[0] - ended;
    }
}
