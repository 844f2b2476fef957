package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What begins while job control is drained, or when it is closed. */
@Timeout(60)
class ClosingTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final int ROUNDS = 300;
    private static final int THREADS = 3;
    private static final int TARGETS = 200;

    /**
     * Three threads ask for the same new job objects while job control is drained. Fails within a few
     * rounds if only the thread that makes a job object looks whether the engine is closing.
     */
    @Test
    void drain_thatHasAnsweredTrue_letsInNobody() throws Exception {
        AtomicInteger late = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            late.addAndGet(admittedAfterDrain());
        }
        assertThat(late).hasValue(0);
    }

    private static int admittedAfterDrain() throws Exception {
        try (JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS)) {
            Target.addAdapters(engine);
            JobControl control = engine.control("test");
            CyclicBarrier start = new CyclicBarrier(THREADS + 1);
            long[][] begun = new long[THREADS][TARGETS];
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                long[] times = begun[i];
                threads[i] = new Thread(() -> beginOnEach(control, start, times));
                threads[i].start();
            }
            start.await();
            boolean drained = engine.admin().drain(LONG);
            long answered = System.nanoTime();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(drained).isTrue();
            int late = 0;
            for (long[] times : begun) {
                for (long time : times) {
                    late += time != 0 && time - answered > 0 ? 1 : 0;
                }
            }
            return late;
        }
    }

    /** Notes when a begin was called that was admitted. */
    private static void beginOnEach(JobControl control, CyclicBarrier start, long[] times) {
        try {
            start.await();
            for (int i = 0; i < times.length; i++) {
                JobObject jobs = control.of(Target.domain("domain-" + i));
                long before = System.nanoTime();
                try (Job job = jobs.begin(QUERY, "look", Duration.ZERO)) {
                    times[i] = before;
                } catch (JobRefusedException e) {
                    times[i] = 0;
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void beginNested_afterTheEngineIsClosed_keepsItsDeadline() throws Exception {
        try (JobEngine engine = new JobEngine(EngineClock.system(), hurried())) {
            Target.addAdapters(engine);
            JobObject jobs = engine.control("test").of(Target.domain("web-01"));
            AsyncJob async = jobs.beginAsync(DomainOperation.SAVE, JobMask.of(MODIFY), LONG);
            Job step = async.beginNested("first", LONG);
            step.detach();
            engine.close();
            assertThatThrownBy(() -> async.beginNested("after", SHORT))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TIMEOUT));
            step.close();
            async.beginNested("third", LONG).close();
            async.close();
        }
    }

    /** Returns settings by which running jobs do not get much time when the engine is closed. */
    private static Settings hurried() {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                shipped.queueMax(),
                shipped.historySize(),
                shipped.historyAge(),
                Duration.ofMillis(100),
                shipped.stuckWarn(),
                shipped.leakTracking(),
                shipped.overtakingGrace());
    }
}
