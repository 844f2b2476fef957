package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
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
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** The core is refreshed while others begin and end jobs all the time, and goes on where it was. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CoreRefreshIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int ENOUGH = 50;
    private static final String FINAL_REPORT = "job control stops while ";

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private final Queue<Long> recovered = new ConcurrentLinkedQueue<>();
    private ServiceTracker<JobControl, JobControl> controls;
    private ServiceRegistration<?> adapter;

    /** Notes which jobs are handed over as interrupted. */
    private final class NotingAdapter extends LampAdapter {
        NotingAdapter() {
            super(AdmissionPolicy.LIBVIRT);
        }

        @Override
        public Recovery recover(InterruptedJob job) {
            recovered.add(job.id());
            return Recovery.ended(JobOutcome.ORPHANED, "a lamp needs nothing");
        }
    }

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        controls = new ServiceTracker<>(context, JobControl.class, null);
        controls.open();
        adapter = context.registerService(
                TargetAdapter.class,
                new NotingAdapter(),
                FrameworkUtil.asDictionary(Map.of(TargetAdapter.KIND, LampAdapter.KIND)));
        CoreConfiguration.set(
                configurations,
                control().of(new Lamp("idle")),
                Map.of("drain_timeout_millis", "1000", "history_size", "1000000"));
    }

    @After
    public void cleanUp() {
        adapter.unregister();
        controls.close();
    }

    private JobControl control() throws InterruptedException {
        return controls.waitForService(LONG.toMillis());
    }

    private void refreshCore() throws InterruptedException {
        Bundle core = Stream.of(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.jobcontrol.core"))
                .findFirst()
                .orElseThrow();
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(core), event -> refreshed.countDown());
        refreshed.await();
    }

    @Test
    public void core_refreshedUnderLoad_drainsAbortsReportsAndGoesOn() throws Exception {
        JobControl before = control();
        try (Load load = new Load(controls, ENOUGH)) {
            load.awaitEnough();
            AsyncJob ends = begin(before, "ends");
            ends.onAbort(ends::close);
            AsyncJob stays = begin(before, "stays");
            JobObject lamp = before.of(new Lamp("stays"));
            JobFuture<AsyncJob> waiter =
                    lamp.beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
            try (Log log = new Log(context)) {
                refreshCore();
                // Nobody else is: what is begun all the time ends in the drain time.
                assertThat(log.text().lines().filter(line -> line.contains(FINAL_REPORT)))
                        .singleElement()
                        .asString()
                        .contains("job #" + stays.id(), "'SAVE'", "on lamp stays");
            }
            assertThat(ends.info().outcome()).isPresent();
            assertThat(stays.abortRequested()).isTrue();
            assertRefusedClosing(waiter::await);
            assertRefusedClosing(() -> lamp.begin(JobType.QUERY, "late", LONG));

            assertThat(control()).isNotSameAs(before);
            load.awaitEnough();
            assertAfter(control(), stays.id());
            load.stop();
            assertThat(load.refusals()).hasSize(Load.THREADS).containsOnly(Reason.CLOSING);
            assertNoneInLimbo(control(), load, stays.id());
        }
    }

    private static AsyncJob begin(JobControl control, String lamp) throws Exception {
        return control.of(new Lamp(lamp)).beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
    }

    private interface Code {
        void run() throws Exception;
    }

    private static void assertRefusedClosing(Code code) {
        assertThatThrownBy(code::run)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CLOSING));
    }

    /** What was left is recovered, and its target then free. */
    private void assertAfter(JobControl after, long left) throws Exception {
        try (Job job = after.of(new Lamp("stays")).begin(JobType.MODIFY, "again", LONG)) {
            assertThat(job.id()).isGreaterThan(left);
        }
        assertThat(after.job(left).flatMap(JobInfo::outcome)).contains(JobOutcome.ORPHANED);
    }

    private void assertNoneInLimbo(JobControl after, Load load, long left) {
        assertThat(recovered).containsExactly(left);
        assertThat(load.asyncJobs()).doesNotHaveDuplicates().doesNotContain(left);
        for (long id : load.asyncJobs()) {
            assertThat(after.job(id).flatMap(JobInfo::outcome))
                    .as("outcome of job #%s", id)
                    .contains(JobOutcome.COMPLETED);
        }
        await().untilAsserted(() -> assertThat(after.objects())
                .allMatch(object -> object.jobs().isEmpty() && object.queue().isEmpty()));
    }
}
