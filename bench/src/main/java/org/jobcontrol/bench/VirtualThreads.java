package org.jobcontrol.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;

/** Many virtual threads wait for one target; each ends its job as soon as it has it. */
final class VirtualThreads {
    private static final Duration LONG = Duration.ofMinutes(5);

    private VirtualThreads() {}

    /**
     * What it costs.
     *
     * @param bytes what each takes while it waits, its thread included
     * @param turnNanos how long a turn takes
     */
    record Cost(double bytes, double turnNanos) {}

    /** Returns whether this Java has virtual threads. */
    static boolean supported() {
        return Runtime.version().feature() >= 21;
    }

    static Cost of(int waiters) throws Exception {
        Cost cost = new Cost(Double.NaN, Double.NaN);
        try (JobEngine engine = Thing.engine()) {
            JobObject jobs = Thing.control(engine).of(Thing.domain("one"));
            for (int i = 0; i < 3; i++) {
                // The first ones warm up.
                cost = once(jobs, waiters);
            }
        }
        return cost;
    }

    private static Cost once(JobObject jobs, int waiters) throws Exception {
        ThreadFactory factory = factory();
        List<Thread> threads = new ArrayList<>(waiters);
        long empty = usedBytes();
        Job first = jobs.begin(JobType.MODIFY, "bench", LONG);
        for (int i = 0; i < waiters; i++) {
            Thread thread = factory.newThread(() -> beginAndClose(jobs));
            thread.start();
            threads.add(thread);
        }
        while (jobs.info().queue().size() < waiters) {
            Thread.onSpinWait();
        }
        double bytes = (double) (usedBytes() - empty) / waiters;
        long began = System.nanoTime();
        first.close();
        for (Thread thread : threads) {
            thread.join();
        }
        return new Cost(bytes, (double) (System.nanoTime() - began) / waiters);
    }

    private static void beginAndClose(JobObject jobs) {
        try {
            jobs.begin(JobType.MODIFY, "bench", LONG).close();
        } catch (JobRefusedException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By reflection: the bench is built for a Java that has none. */
    private static ThreadFactory factory() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
