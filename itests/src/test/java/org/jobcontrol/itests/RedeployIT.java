package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
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
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.StorageVolume;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerMethod;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** Our own bundles stopped, uninstalled and started again while jobs run and wait. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerMethod.class)
public class RedeployIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private Path directory;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        directory = Files.createTempDirectory("redeploy");
        directory.toFile().deleteOnExit();
    }

    private Bundle bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Waits for a service that comes back, and returns it. */
    private <S> S service(Class<S> type) throws InterruptedException {
        ServiceTracker<S, S> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        try {
            return tracker.waitForService(LONG.toMillis());
        } finally {
            tracker.close();
        }
    }

    private StoragePool startedPool() throws Exception {
        StoragePools pools = service(StoragePools.class);
        // What was defined outlives the bundle.
        StoragePool pool = pools.find("images").isPresent()
                ? pools.find("images").orElseThrow()
                : pools.define(PoolSpec.directory("images", directory));
        pool.start(LONG).await();
        return pool;
    }

    // ---- storage --------------------------------------------------------------------------------

    @Test
    public void storage_uninstalledWhileACloneRuns_failsItAndWaitersStay() throws Exception {
        JobControl control = service(JobControl.class);
        StoragePool pool = startedPool();
        StorageVolume source = pool.create(SlowClones.source("a.img"), LONG).await();
        JobObject ofSource = control.of(source);
        JobFuture<StorageVolume> clone =
                SlowClones.begin(control, service(JobAdmin.class), source, "copy.img");
        await().until(() ->
                control.job(clone.id()).orElseThrow().progress().data().total() > 0);
        JobFuture<Job> waiter = ofSource.beginLater(JobType.MODIFY, "waits", LONG);
        JobFuture<?> wipe = source.wipe(LONG);

        Bundle storage = bundle("org.jobcontrol.storage");
        String location = storage.getLocation();
        storage.uninstall();

        assertThatThrownBy(clone::await)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessage(
                        "the bundle that did the work, id " + storage.getBundleId() + ", stopped")
                .hasCauseInstanceOf(JobAbortedException.class);
        assertThat(control.ended(clone.id()).toCompletableFuture().get().outcome())
                .contains(JobOutcome.FAILED);
        assertThatThrownBy(wipe::await)
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("the bundle that would do the work is stopping");
        assertFiles("a.img");

        Job held = waiter.await();
        context.installBundle(location).start();
        StoragePool again =
                service(StoragePools.class).define(PoolSpec.directory("images", directory));
        JobFuture<?> start = again.start(LONG);
        assertThat(control.of(again).info().queue())
                .extracting(JobInfo::id)
                .containsExactly(start.id());
        held.close();
        start.await();
        StorageVolume there = again.volume("a.img").orElseThrow();
        assertThat(control.of(there)).isEqualTo(ofSource);
        there.delete(LONG);
        assertFiles();
    }

    private void assertFiles(String... names) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(names);
        }
    }

    // ---- the core -------------------------------------------------------------------------------

    @Test
    public void core_stopped_abortsWhatRunsRefusesWhatWaitsAndStartsAgain() throws Exception {
        configureShortDrain();
        Domain domain = service(Domains.class).define(DomainSpec.of("web-01", 1 << 20));
        JobControl control = service(JobControl.class);
        JobObject jobs = control.of(domain);
        AsyncJob async = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        async.onAbort(() -> {
            async.fail(new JobAbortedException(async.id(), "asked to"));
            async.close();
        });
        JobFuture<AsyncJob> waiter =
                jobs.beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);

        Bundle core = bundle("org.jobcontrol.core");
        core.stop();

        assertThat(async.info().outcome()).contains(JobOutcome.ABORTED);
        assertRefusedClosing(waiter);
        assertThatThrownBy(() -> jobs.begin(JobType.QUERY, "late", LONG))
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING));
        assertThatThrownBy(() -> control.of(domain))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("job control has stopped");
        assertThat(context.getServiceReference(JobControl.class)).isNull();
        assertThat(context.getServiceReference(Domains.class)).isNull();

        core.start();
        Domain again = service(Domains.class).find("web-01").orElseThrow();
        again.start(LONG).await();
        service(JobControl.class).of(again).begin(JobType.MODIFY, "again", LONG).close();
    }

    /** It is started in the middle of the core's own start, and wants more than JobControl. */
    @Test
    public void consumer_waitingForTheCore_isStartedByIt() throws Exception {
        Bundle core = bundle("org.jobcontrol.core");
        core.stop();
        Bundle consumer = Consumers.start(
                context, "com.acme.early", InjectedConsumer.class, InjectedConsumer.DECLARATION);
        try (Log log = new Log(context)) {
            core.start();
            await().until(() -> consumer.getRegisteredServices() != null);
            assertThat(log.text()).isEmpty();
        }
        consumer.uninstall();
    }

    private static void assertRefusedClosing(JobFuture<?> waiter) {
        assertThatThrownBy(waiter::await)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING));
    }

    private void configureShortDrain() throws Exception {
        Dictionary<String, Object> values = new Hashtable<>();
        values.put("drain_timeout_millis", "200");
        configurations.getConfiguration("org.jobcontrol", "?").update(values);
    }
}
