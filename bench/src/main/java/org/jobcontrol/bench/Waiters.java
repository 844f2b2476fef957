package org.jobcontrol.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;

/** Many wait for one target without a thread; each ends its job as soon as it has it. */
final class Waiters {
    private static final int ROUNDS = 7;
    private static final Duration LONG = Duration.ofMinutes(5);

    private Waiters() {}

    /** Returns the nanoseconds of one turn, median of some rounds. */
    static double turn(int waiters) throws Exception {
        double[] turns = new double[ROUNDS];
        try (JobEngine engine = Thing.engine()) {
            JobObject jobs = Thing.control(engine).of(Thing.domain("one"));
            for (int i = 0; i < ROUNDS; i++) {
                turns[i] = once(jobs, waiters);
            }
        }
        Arrays.sort(turns);
        return turns[ROUNDS / 2];
    }

    private static double once(JobObject jobs, int waiters) throws Exception {
        CountDownLatch left = new CountDownLatch(waiters);
        Job first = jobs.begin(JobType.MODIFY, "bench", LONG);
        for (int i = 0; i < waiters; i++) {
            jobs.beginLater(JobType.MODIFY, "bench", LONG).whenComplete((job, refusal) -> {
                if (job != null) {
                    job.close();
                }
                left.countDown();
            });
        }
        long began = System.nanoTime();
        first.close();
        left.await();
        return (double) (System.nanoTime() - began) / waiters;
    }
}
