package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.util.tracker.ServiceTracker;

/** Bundles with adapters and drivers are updated while jobs run and wait on their targets. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DriversIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** To save it takes longer than the test. */
    private static final long MEMORY = 1L << 30;

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    private void refresh(Collection<Bundle> bundles) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(bundles, event -> refreshed.countDown());
        refreshed.await();
    }

    private Domains domains() throws InterruptedException {
        ServiceTracker<Domains, Domains> tracker =
                new ServiceTracker<>(context, Domains.class, null);
        tracker.open();
        try {
            return tracker.waitForService(LONG.toMillis());
        } finally {
            tracker.close();
        }
    }

    private static List<Long> ids(List<JobInfo> jobs) {
        return jobs.stream().map(JobInfo::id).toList();
    }

    // ---- the built-in driver --------------------------------------------------------------------

    @Test
    public void domain_updatedWhileItSaves_failsThatAndAllElseGoesOn() throws Exception {
        Domain domain = domains().define(DomainSpec.of("web-01", MEMORY));
        domain.start(LONG).await();
        JobObject jobs = control.of(domain);
        Path file = Files.createTempDirectory("driver").resolve("web-01.save");
        JobFuture<Void> save = domain.save(file, LONG);
        await().until(() ->
                control.job(save.id()).orElseThrow().progress().data().processed() > 0);
        try (Job beside = jobs.begin(JobType.QUERY, "beside", LONG)) {
            JobFuture<Job> waiter = jobs.beginLater(JobType.MODIFY, "waits", LONG);
            Bundle driver = Stream.of(context.getBundles())
                    .filter(bundle -> bundle.getSymbolicName().equals("org.jobcontrol.domain"))
                    .findFirst()
                    .orElseThrow();
            driver.update();
            assertFailed(save);
            refresh(List.of(driver));

            assertThat(beside.abortRequested()).isFalse();
            assertThat(ids(jobs.info().jobs())).containsExactly(beside.id());
            assertThat(ids(jobs.info().queue())).containsExactly(waiter.id());
            Domain again = domains().define(DomainSpec.of("web-01", 1 << 20));
            assertThat(control.of(again)).isEqualTo(jobs);
            JobFuture<Void> start = again.start(LONG);
            assertThat(ids(jobs.info().queue())).containsExactly(waiter.id(), start.id());
            beside.close();
            waiter.await().close();
            start.await();
            again.destroy(LONG);
            again.undefine(LONG);
        }
        // Nothing of the half of a file.
        Files.delete(file.getParent());
    }

    /** Its driver stops, and it is asked to abort: whichever the work sees first. */
    private void assertFailed(JobFuture<?> work) throws Exception {
        assertThatThrownBy(work::await)
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .isInstanceOfAny(JobAbortedException.class, DomainException.class);
        assertThat(control.ended(work.id()).toCompletableFuture().get().outcome())
                .contains(JobOutcome.FAILED);
    }

    // ---- an adapter of others -------------------------------------------------------------------

    @Test
    public void adapter_updatedWhileJobsRunAndWait_isAskedWhatComesAfterwards() throws Exception {
        URI target = URI.create("lamp:hall");
        Bundle adapter =
                Consumers.start(context, "com.acme.uri", UriAdapter.class, UriAdapter.DECLARATION);
        assertThat(Consumers.call(adapter)).isEqualTo(0L);
        JobObject jobs = control.of(target);
        try (AsyncJob async = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
                Job beside = jobs.begin(JobType.QUERY, "beside", LONG)) {
            JobFuture<Job> waiter = jobs.beginLater(JobType.MODIFY, "waits", LONG);
            adapter.stop();
            assertThatIllegalArgumentException().isThrownBy(() -> control.of(target));
            adapter.update(Consumers.jar("com.acme.uri", UriAdapter.class, UriAdapter.DECLARATION));
            refresh(List.of(adapter));
            adapter.start();

            assertThat(Consumers.call(adapter)).isEqualTo(0L);
            assertThat(control.of(target)).isEqualTo(jobs);
            assertThat(ids(jobs.info().jobs())).containsExactly(beside.id());
            assertThat(jobs.info().async().map(JobInfo::id)).contains(async.id());
            assertThat(ids(jobs.info().queue())).containsExactly(waiter.id());
            assertThat(async.abortRequested()).isFalse();
            assertThat(async.abort()).isEqualTo(AbortResult.STILL_RUNNING);
            assertThat(Consumers.call(adapter)).isEqualTo(async.id());
            beside.close();
            async.close();
            try (Job admitted = waiter.await()) {
                assertThat(admitted.fence()).isGreaterThan(async.fence());
            }
        }
        adapter.uninstall();
    }
}
