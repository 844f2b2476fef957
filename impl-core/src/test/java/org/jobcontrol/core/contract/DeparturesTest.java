package org.jobcontrol.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.TestLog;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bundles that stop while their jobs run and wait on one target. */
class DeparturesTest {
    private static final long BUNDLE = 7;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final JobEngine engine =
            new JobEngine(EngineClock.system(), Settings.DEFAULTS, null, type -> BUNDLE);
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final JobObject jobs;

    DeparturesTest() {
        Target.addAdapters(engine);
        jobs = engine.control("com.acme.test", BUNDLE).of(Target.domain("web-01"));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** The end of the running one would let the waiting one in, which nobody would end. */
    @Test
    void ownerStopped_abortEndsItsJob_doesNotLetInItsWaiter() throws Exception {
        AsyncJob running = jobs.beginAsync(TestOperation.WORK, JobMask.NONE, LONG);
        running.onAbort(running::close);
        JobFuture<Job> waiter = jobs.beginLater(JobType.MODIFY, "waits", LONG);

        engine.ownerStopped(BUNDLE);

        assertRefusedClosing(waiter);
        assertThat(running.info().outcome()).contains(JobOutcome.COMPLETED);
        assertThat(jobs.info().jobs()).isEmpty();
    }

    @Test
    void workerStopping_abortEndsItsWork_doesNotLetInItsWaiter() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        JobFuture<Void> running = jobs.run(JobType.MODIFY, "works", LONG, job -> {
            job.onAbort(() -> {
                asked.countDown();
                // The end is there before whoever asked for it goes on to the waiter.
                await().until(() -> job.info().outcome().isPresent());
            });
            began.countDown();
            asked.await();
            return null;
        });
        began.await();
        JobFuture<Void> waiter = jobs.run(JobType.MODIFY, "waits", LONG, job -> null);

        engine.workerStopping(BUNDLE);

        assertRefusedClosing(waiter);
        running.await();
    }

    /** Work may only ever look at this. */
    @Test
    void abortRequested_jobTakenFromItsOwner_isTrueForGood() throws Exception {
        Job job = jobs.begin(JobType.MODIFY, "works", LONG);
        assertThat(job.abortRequested()).isFalse();
        engine.admin().release(job.id(), "its owner hangs");
        assertThat(job.abortRequested()).isTrue();
        job.close();
        assertThat(job.abortRequested()).isTrue();
    }

    /** An Event Admin that is being stopped, say. */
    @Test
    void orphanListenerThatThrows_keepsNobodyFromTakingJobs() throws Exception {
        engine.orphans(orphan -> {
            throw new NoClassDefFoundError(orphan.operation());
        });
        AsyncJob job = jobs.beginAsync(TestOperation.WORK, JobMask.NONE, LONG);
        engine.admin().release(job.id(), "its owner hangs");
        assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
        jobs.begin(JobType.MODIFY, "next", Duration.ZERO).close();
    }

    private void drainAtOnce() {
        Settings shipped = Settings.DEFAULTS;
        engine.settings(new Settings(
                shipped.beginTimeout(),
                shipped.queueMax(),
                shipped.historySize(),
                shipped.historyAge(),
                Duration.ofMillis(20),
                shipped.stuckWarn(),
                shipped.leakTracking(),
                shipped.overtakingGrace()));
    }

    @Test
    void ownerStopped_threadEndsAfterTheDrainTime_jobIsOrphaned() throws Exception {
        drainAtOnce();
        CompletableFuture<Job> leaked = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                leaked.complete(jobs.begin(JobType.MODIFY, "leaks", LONG));
                go.await();
            } catch (Exception e) {
                leaked.completeExceptionally(e);
            }
        });
        thread.start();
        Job job = leaked.get();
        try (AutoCloseable listening = TestLog.listen(line -> log.add(line.text()))) {
            engine.ownerStopped(BUNDLE);
            await().until(() -> log.stream().anyMatch(line -> line.contains("still works on it")));
            assertThat(job.info().outcome()).isEmpty();
            go.countDown();
            thread.join();
            await().until(() -> job.info().outcome().isPresent());
        }
        assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
        assertThat(job.info().error().orElseThrow())
                .hasMessage("bundle com.acme.test has stopped, and its thread " + thread.getName()
                        + " has ended");
        assertThat(log).filteredOn(line -> line.contains("still works on it")).hasSize(1);
    }

    @Test
    void ownerStopped_threadIsIdleInItsPool_jobIsOrphaned() throws Exception {
        drainAtOnce();
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try {
            Job job =
                    pool.submit(() -> jobs.begin(JobType.MODIFY, "leaks", LONG)).get();
            engine.ownerStopped(BUNDLE);
            await().until(() -> job.info().outcome().isPresent());
            assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
            assertThat(job.info().error().orElseThrow())
                    .hasMessageEndingWith("is idle in its pool");
        } finally {
            pool.shutdown();
        }
    }

    private static void assertRefusedClosing(JobFuture<?> waiter) {
        assertThatThrownBy(waiter::await)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING));
    }
}
