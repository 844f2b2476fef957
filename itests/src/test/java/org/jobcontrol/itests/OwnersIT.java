package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.inject.Inject;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobOwner;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** Owners that go before their jobs end, with all they hold; and handles that others have. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class OwnersIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    @Inject
    private JobAdmin admin;

    @Inject
    private Domains domains;

    @Inject
    private ConfigurationAdmin configurations;

    private final List<Bundle> consumers = new ArrayList<>();
    private Domain domain;

    /** As we, another bundle, have it. */
    private JobObject ours;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        domain = domains.define(DomainSpec.of("web-" + UUID.randomUUID(), 1 << 20));
        ours = control.of(domain);
        CoreConfiguration.set(configurations, ours, Map.of("drain_timeout_millis", "200"));
    }

    @After
    public void cleanUp() throws Exception {
        for (Bundle consumer : consumers) {
            if (consumer.getState() != Bundle.UNINSTALLED) {
                consumer.uninstall();
            }
        }
        domain.undefine(LONG);
    }

    private Bundle consumer(String name) throws Exception {
        Bundle consumer = Consumers.start(context, name);
        consumers.add(consumer);
        return consumer;
    }

    private JobObject objectOf(Bundle consumer) {
        return Consumers.service(consumer, JobControl.class).of(domain);
    }

    private static void assertRefusedClosing(JobFuture<?> waiter) {
        assertThatThrownBy(waiter::await)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING))
                .hasMessageContaining("bundle com.acme.all has stopped");
    }

    // ---- a bundle that stops with all there is --------------------------------------------------

    /** A bundle with an async job, beside it a sync job of a thread, and waiters; and we wait too. */
    private final class Everything {
        final Bundle consumer = consumer("com.acme.all");
        final JobObject theirs = objectOf(consumer);
        final AsyncJob async = theirs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        final CompletableFuture<Job> begun = new CompletableFuture<>();
        final CountDownLatch worked = new CountDownLatch(1);
        final Thread worker = new Thread(this::work, "worker");
        final Job sync;
        final JobFuture<Job> waiter;
        final JobFuture<AsyncJob> asyncWaiter;
        final JobFuture<Job> next;

        Everything() throws Exception {
            worker.start();
            sync = begun.get();
            waiter = theirs.beginLater(JobType.MODIFY, "waits", LONG);
            asyncWaiter = theirs.beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
            next = ours.beginLater(JobType.MODIFY, "ours", LONG);
        }

        private void work() {
            try (Job job = theirs.begin(JobType.QUERY, "works", LONG)) {
                begun.complete(job);
                worked.await();
            } catch (JobRefusedException | InterruptedException e) {
                begun.completeExceptionally(e);
            }
        }

        /** Stops the bundle: all goes but the sync job, and nobody gets in for that. */
        void stop() throws Exception {
            try (Log log = new Log(context)) {
                consumer.uninstall();
                assertRefusedClosing(waiter);
                assertRefusedClosing(asyncWaiter);
                await().untilAsserted(() -> assertThat(log.text())
                        .contains("job #" + sync.id() + " (works)")
                        .contains("is stuck: bundle com.acme.all has stopped, but thread worker"));
            }
            assertThat(async.abortRequested()).isTrue();
            assertThat(sync.abortRequested()).isTrue();
            await().until(() -> async.info().outcome().isPresent());
            assertThat(async.info().outcome()).contains(JobOutcome.ORPHANED);
            assertThat(ours.info().jobs()).extracting(JobInfo::id).containsExactly(sync.id());
            assertThat(ours.info().queue()).extracting(JobInfo::id).containsExactly(next.id());
        }

        void endWork() throws InterruptedException {
            worked.countDown();
            worker.join();
        }
    }

    @Test
    public void consumer_stoppedWithJobsAndWaiters_keepsOnlyTheJobOfItsThreadUntilThatEndsIt()
            throws Exception {
        Everything all = new Everything();
        all.stop();
        all.endWork();
        try (Job next = all.next.await()) {
            assertThat(all.sync.info().outcome()).contains(JobOutcome.COMPLETED);
            assertThat(ours.info().jobs()).extracting(JobInfo::id).containsExactly(next.id());
        }
    }

    @Test
    public void consumer_stoppedWithAThreadThatNeverEnds_keepsItsJobUntilReleased()
            throws Exception {
        Everything all = new Everything();
        all.stop();
        admin.release(all.sync.id(), "its bundle is gone");
        try (Job next = all.next.await()) {
            assertThat(all.sync.info().outcome()).contains(JobOutcome.ORPHANED);
            // What its thread does in the end ends nothing of others.
            all.endWork();
            assertThat(ours.info().jobs()).extracting(JobInfo::id).containsExactly(next.id());
        }
    }

    // ---- a handle in other hands ----------------------------------------------------------------

    private Job begunBy(Bundle consumer) throws Exception {
        Job job = objectOf(consumer).begin(JobType.MODIFY, "handed", LONG);
        job.detach();
        return job;
    }

    @Test
    public void handle_givenToAnotherBundle_isEndedThereAndIsItsBeginnersJob() throws Exception {
        Job job = begunBy(consumer("com.acme.first"));
        Bundle other = consumer("com.acme.second");
        assertThat(objectOf(other).info().jobs())
                .extracting(JobInfo::owner)
                .extracting(JobOwner::bundle)
                .containsExactly("com.acme.first");
        CompletableFuture.runAsync(job::close).get();
        JobInfo end = Consumers.service(other, JobControl.class).job(job.id()).orElseThrow();
        assertThat(end.owner().bundle()).isEqualTo("com.acme.first");
        assertThat(end.outcome()).contains(JobOutcome.COMPLETED);
        objectOf(other).begin(JobType.MODIFY, "next", LONG).close();
    }

    @Test
    public void handle_givenToABundleThatStops_isOfUseToItsBeginner() throws Exception {
        Bundle first = consumer("com.acme.first");
        Bundle second = consumer("com.acme.second");
        Job job = begunBy(first);
        JobFuture<Job> waiter = objectOf(second).beginLater(JobType.MODIFY, "waits", LONG);
        second.uninstall();
        assertThatThrownBy(waiter::await).isInstanceOf(JobRefusedException.class);
        assertThat(job.abortRequested()).isFalse();
        job.checkpoint();
        job.close();
        assertThat(job.info().outcome()).contains(JobOutcome.COMPLETED);
    }

    @Test
    public void handle_givenToAnotherBundle_isStaleThereOnceItsBeginnerHasStopped()
            throws Exception {
        Bundle first = consumer("com.acme.first");
        consumer("com.acme.second");
        Job job = begunBy(first);
        CountDownLatch asked = new CountDownLatch(1);
        job.onAbort(asked::countDown);
        JobFuture<Job> waiter = ours.beginLater(JobType.MODIFY, "ours", LONG);
        first.uninstall();
        asked.await();
        try (Job next = waiter.await()) {
            assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
            assertStale(job, next);
        }
    }

    // ---- a thread that died ---------------------------------------------------------------------

    @Test
    public void job_ofADeadThread_isShownAndHeldUntilReleased() throws Exception {
        CompletableFuture<Job> begun = new CompletableFuture<>();
        Thread dies = new Thread(() -> beginAndDie(begun), "short-lived");
        dies.start();
        dies.join();
        Job job = begun.get();
        JobFuture<Job> waiter = ours.beginLater(JobType.MODIFY, "waits", LONG);

        JobInfo blocker = ours.explain(JobType.MODIFY).blockers().get(0);
        assertThat(blocker.id()).isEqualTo(job.id());
        assertThat(blocker.owner().thread()).isEqualTo("short-lived");
        assertThat(blocker.owner().bundle()).isEqualTo("com.acme.dead");
        assertThatThrownBy(() -> ours.begin(JobType.MODIFY, "now", Duration.ZERO))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("bundle com.acme.dead, thread short-lived");
        assertThat(waiter).isNotDone();

        admin.release(job.id(), "its thread died");
        try (Job next = waiter.await()) {
            assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
            assertThat(job.info().error().orElseThrow()).hasMessageContaining("its thread died");
            assertThat(next.fence()).isGreaterThan(job.fence());
            assertStale(job, next);
        }
    }

    private void beginAndDie(CompletableFuture<Job> begun) {
        try {
            begun.complete(objectOf(consumer("com.acme.dead")).begin(JobType.MODIFY, "dies", LONG));
        } catch (Exception e) {
            begun.completeExceptionally(e);
        }
    }

    /** Asserts that a handle from which the job was taken does nothing to the job that came next. */
    private void assertStale(Job stale, Job next) {
        assertThat(stale.abortRequested()).isTrue();
        assertThatThrownBy(stale::checkpoint)
                .isInstanceOf(JobAbortedException.class)
                .hasMessageContaining("was taken from its owner");
        assertThatIllegalStateException().isThrownBy(() -> stale.progress(Progress.ofData(2, 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> admin.release(stale.id(), "again"));
        stale.close();
        assertThat(ours.info().jobs()).extracting(JobInfo::id).containsExactly(next.id());
        assertThat(next.info().outcome()).isEmpty();
    }
}
