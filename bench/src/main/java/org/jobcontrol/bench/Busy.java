package org.jobcontrol.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.engine.Settings.LeakTracking;

/** What one who looks, and one who waits, meet while 64 threads work without a pause. */
final class Busy {
    private static final int THREADS = 64;
    private static final int LOOKS = 20_000;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<JobObject> targets = new ArrayList<>();
    private final AtomicLong longestWait = new AtomicLong();
    private volatile boolean working = true;

    /**
     * What was seen.
     *
     * @param lookNanos the median of a look at one of the targets
     * @param longestWaitMillis the longest that a thread waited for its turn
     */
    record Seen(double lookNanos, double longestWaitMillis) {}

    private Busy() {}

    /** Has the threads work on so many targets, with so much grace for those who overtake. */
    static Seen on(int targets, Duration grace) throws InterruptedException {
        try (JobEngine engine = Thing.engine(
                Thing.settings(Settings.DEFAULTS.historySize(), LeakTracking.OFF, grace))) {
            JobControl control = Thing.control(engine);
            Busy busy = new Busy();
            for (int i = 0; i < targets; i++) {
                busy.targets.add(control.of(Thing.domain("busy-" + i)));
            }
            return busy.look();
        }
    }

    private Seen look() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(this::work, "busy-" + i);
            thread.start();
            threads.add(thread);
        }
        long[] nanos = new long[LOOKS];
        long running = 0;
        for (int warm = 0; warm < 2; warm++) {
            for (int i = 0; i < LOOKS; i++) {
                JobObject target = any();
                long before = System.nanoTime();
                running += target.info().jobs().size();
                nanos[i] = System.nanoTime() - before;
            }
        }
        working = false;
        for (Thread thread : threads) {
            thread.join();
        }
        if (running == 0) {
            throw new IllegalStateException("no look saw a running job");
        }
        Arrays.sort(nanos);
        return new Seen(nanos[LOOKS / 2], longestWait.get() / 1e6);
    }

    private JobObject any() {
        return targets.get(ThreadLocalRandom.current().nextInt(targets.size()));
    }

    private void work() {
        long longest = 0;
        try {
            while (working) {
                JobObject target = any();
                long asked = System.nanoTime();
                try (var job = target.begin(JobType.MODIFY, "bench", LONG)) {
                    longest = Math.max(longest, System.nanoTime() - asked);
                }
            }
        } catch (JobRefusedException | InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            longestWait.accumulateAndGet(longest, Math::max);
        }
    }
}
