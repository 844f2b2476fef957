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

    private HandOff() {}

    /** Gives what was begun back; returns when the next may have it. */
    private interface Held {
        void end();
    }

    static double ours(int rounds) throws Exception {
        try (JobEngine engine = Thing.engine()) {
            JobObject jobs = Thing.control(engine).of(Thing.domain("one"));
            return median(rounds, () -> {
                Job job = jobs.begin(JobType.MODIFY, "bench", LONG);
                return job::close;
            });
        }
    }

    static double fairReentrantLock(int rounds) throws Exception {
        ReentrantLock lock = new ReentrantLock(true);
        return median(rounds, () -> {
            lock.lock();
            return lock::unlock;
        });
    }

    private static double median(int rounds, Callable<Held> begin) throws Exception {
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            nanos[i] = once(begin);
        }
        // The first ones run code that is not compiled yet.
        long[] warm = Arrays.copyOfRange(nanos, rounds / 2, rounds);
        Arrays.sort(warm);
        return warm[warm.length / 2];
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
