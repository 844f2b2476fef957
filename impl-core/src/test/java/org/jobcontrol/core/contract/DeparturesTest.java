package org.jobcontrol.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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

    private static void assertRefusedClosing(JobFuture<?> waiter) {
        assertThatThrownBy(waiter::await)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING));
    }
}
