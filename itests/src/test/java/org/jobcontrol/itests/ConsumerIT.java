package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.JobControls;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.StorageVolume;
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
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/** Bundles that use job control: in whose name jobs run, and what becomes of them when it stops. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ConsumerIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    @Inject
    private JobAdmin admin;

    @Inject
    private JobControls controls;

    @Inject
    private Domains domains;

    @Inject
    private StoragePools pools;

    @Inject
    private ConfigurationAdmin configurations;

    private Bundle consumer;
    private Path directory;
    private Domain domain;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        directory = Files.createTempDirectory("consumer");
        StoragePool pool = pools.define(PoolSpec.directory("images", directory));
        pool.start(LONG).await();
        domain = domains.define(DomainSpec.of("web-01", 1 << 20));
        CoreConfiguration.set(
                configurations,
                control.of(domain),
                Map.of("drain_timeout_millis", "200", "leak_tracking", "ALL"));
    }

    @After
    public void cleanUp() throws Exception {
        if (consumer != null) {
            uninstall();
        }
        pools.find("images").orElseThrow().stop(LONG);
        pools.find("images").orElseThrow().undefine(LONG);
        domain.undefine(LONG);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private void uninstall() throws BundleException {
        consumer.uninstall();
        consumer = null;
    }

    // ---- in whose name --------------------------------------------------------------------------

    @Test
    public void jobControl_injected_runsJobsInItsUsersName() throws Exception {
        consumer = Consumers.start(
                context, "com.acme.look", InjectedConsumer.class, InjectedConsumer.DECLARATION);
        ServiceReference<?> found = await().until(this::component, ref -> ref != null);
        JobInfo job = (JobInfo) ((Callable<?>) context.getService(found)).call();
        assertThat(job.owner().bundle()).isEqualTo("com.acme.look");
        assertThat(job.operation()).isEqualTo("consumer.look");
        assertThat(control.history(10)).extracting(JobInfo::id).contains(job.id());
        assertThat(admin).isNotNull();
        assertThat(controls.forBundle(consumer)).isNotNull();
    }

    private ServiceReference<?> component() {
        ServiceReference<?>[] registered = consumer.getRegisteredServices();
        return registered == null ? null : registered[0];
    }

    @Test
    public void storagePools_ofABundle_actInItsNameAndStopWithIt() throws Exception {
        consumer = Consumers.start(context, "com.acme.backup");
        StoragePool pool =
                Consumers.service(consumer, StoragePools.class).find("images").orElseThrow();
        StorageVolume source = pool.create(SlowClones.source("a.img"), LONG).await();
        JobFuture<StorageVolume> clone = SlowClones.begin(control, admin, source, "copy.img");
        await().until(() ->
                control.job(clone.id()).orElseThrow().progress().data().total() > 0);
        assertThat(control.job(clone.id()).orElseThrow().owner().bundle())
                .isEqualTo("com.acme.backup");
        uninstall();
        JobInfo end = control.ended(clone.id()).toCompletableFuture().get();
        assertThat(end.outcome()).contains(JobOutcome.ABORTED);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("a.img"));
        }
        pools.find("images").orElseThrow().volume("a.img").orElseThrow().delete(LONG);
    }

    // ---- when it stops --------------------------------------------------------------------------

    @Test
    public void consumer_stopped_itsJobsAreTakenAndItsWaitersLeave() throws Exception {
        consumer = Consumers.start(context, "com.acme.gone");
        JobObject theirs = Consumers.service(consumer, JobControl.class).of(domain);
        AsyncJob async = theirs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        JobFuture<AsyncJob> waiter =
                theirs.beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
        JobFuture<AsyncJob> ours =
                control.of(domain).beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
        uninstall();
        assertThatThrownBy(waiter::await)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING))
                .hasMessageContaining("bundle com.acme.gone has stopped");
        ours.await().close();
        assertThat(async.info().outcome()).contains(JobOutcome.ORPHANED);
        async.close();
    }

    @Test
    public void consumer_stoppedWhileItsThreadWorks_keepsItsJobUntilThat() throws Exception {
        consumer = Consumers.start(context, "com.acme.busy");
        JobObject theirs = Consumers.service(consumer, JobControl.class).of(domain);
        try (Log log = new Log(context);
                Job job = theirs.begin(JobType.MODIFY, "busy", LONG)) {
            uninstall();
            await().untilAsserted(() ->
                    assertThat(log.text()).contains("is stuck: bundle com.acme.busy has stopped"));
            assertThat(job.abortRequested()).isTrue();
            assertThat(control.of(domain).info().jobs())
                    .extracting(JobInfo::id)
                    .containsExactly(job.id());
        }
        assertThat(control.of(domain).info().jobs()).isEmpty();
    }

    // ---- when it forgets ------------------------------------------------------------------------

    @Test
    public void handle_forgotten_isReportedWithWhereItsJobBegan() throws Exception {
        consumer = Consumers.start(context, "com.acme.careless");
        try (Log log = new Log(context)) {
            long id = forgetOne();
            await().untilAsserted(() -> {
                System.gc();
                assertThat(log.text())
                        .contains("job #" + id)
                        .contains("bundle com.acme.careless")
                        .contains("was never closed and its handle is garbage")
                        .contains("ConsumerIT.forgetOne");
            });
            assertThat(control.job(id)).isPresent();
            admin.release(id, "its owner forgot it");
        }
    }

    private long forgetOne() throws Exception {
        JobObject theirs = Consumers.service(consumer, JobControl.class).of(domain);
        return theirs.beginLater(JobType.MODIFY, "forgotten", LONG)
                .thenApply(Job::id)
                .toCompletableFuture()
                .get();
    }
}
