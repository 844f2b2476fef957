package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** Adapters that come, go, compete and throw. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class AdaptersIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    private final List<ServiceRegistration<?>> registered = new ArrayList<>();

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @After
    public void unregister() {
        registered.forEach(ServiceRegistration::unregister);
    }

    private ServiceRegistration<?> register(TargetAdapter<?> adapter, String kind, int ranking) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(TargetAdapter.KIND, kind);
        properties.put(Constants.SERVICE_RANKING, ranking);
        ServiceRegistration<?> registration =
                context.registerService(TargetAdapter.class, adapter, properties);
        registered.add(registration);
        return registration;
    }

    private void unregister(ServiceRegistration<?> registration) {
        registered.remove(registration);
        registration.unregister();
    }

    // ---- which one ------------------------------------------------------------------------------

    @Test
    public void of_unknownClass_namesItAndTheKindsThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.of(new StringBuilder("web-01")))
                .withMessage("no adapter for java.lang.StringBuilder; there are adapters for "
                        + "domain, pool, volume");
    }

    @Test
    public void adapters_twoForOneClass_theHigherRankingServesNewJobObjects() throws Exception {
        try (Log log = new Log(context)) {
            register(new LampAdapter(AdmissionPolicy.SYNC_ONLY), "lamp", 1);
            JobObject before = control.of(new Lamp("hall"));
            ServiceRegistration<?> higher =
                    register(new LampAdapter(AdmissionPolicy.LIBVIRT), "lamp", 5);
            assertThat(log.text())
                    .contains("two adapters for " + Lamp.class.getName())
                    .contains("LampAdapter (ranking 5) serves new job objects");
            JobObject after = control.of(new Lamp("door"));
            after.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG).close();
            assertThat(before.explain(JobType.ASYNC).admissible()).isFalse();
            unregister(higher);
            assertThat(control.of(new Lamp("attic")).explain(JobType.ASYNC).admissible())
                    .isFalse();
            after.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG).close();
        }
    }

    @Test
    public void adapter_gone_itsJobObjectsAdmitOnAndNewOnesAreRefused() throws Exception {
        ServiceRegistration<?> adapter =
                register(new LampAdapter(AdmissionPolicy.LIBVIRT), "lamp", 0);
        JobObject lamp = control.of(new Lamp("gone"));
        try (Job held = lamp.begin(JobType.MODIFY, "dim", LONG)) {
            unregister(adapter);
            assertThat(lamp.explain(JobType.MODIFY).blockers())
                    .extracting(JobInfo::id)
                    .containsExactly(held.id());
        }
        lamp.begin(JobType.QUERY, "look", LONG).close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.of(new Lamp("gone")))
                .withMessageContaining("there are adapters for domain, pool, volume");
    }

    // ---- one that throws ------------------------------------------------------------------------

    /** Throws wherever it is asked to. */
    private static final class BrokenAdapter extends LampAdapter {
        private volatile String throwing = "";

        BrokenAdapter() {
            super(AdmissionPolicy.LIBVIRT);
        }

        private void maybe(String where) {
            if (where.equals(throwing)) {
                throw new IllegalStateException("broken " + where);
            }
        }

        @Override
        public Class<Lamp> type() {
            maybe("type");
            return super.type();
        }

        @Override
        public TargetId identify(Lamp lamp) {
            maybe("identify");
            return super.identify(lamp);
        }

        @Override
        public AdmissionPolicy policy() {
            maybe("policy");
            return super.policy();
        }

        @Override
        public void abort(TargetId target, JobInfo job) {
            maybe("abort");
        }

        @Override
        public Optional<Progress> progress(TargetId target, JobInfo job) {
            maybe("progress");
            return Optional.empty();
        }
    }

    @Test
    public void adapter_throwingWhenAskedForItsClass_isLeftOut() {
        BrokenAdapter broken = new BrokenAdapter();
        broken.throwing = "type";
        try (Log log = new Log(context)) {
            register(broken, "lamp", 0);
            assertThat(log.text())
                    .contains("BrokenAdapter for kind lamp is left out")
                    .contains("broken type");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> control.of(new Lamp("x")));
    }

    @Test
    public void adapter_throwingWhenItNamesATarget_isSaidAndNothingIsLeft() throws Exception {
        BrokenAdapter broken = new BrokenAdapter();
        register(broken, "lamp", 0);
        for (String where : List.of("identify", "policy")) {
            broken.throwing = where;
            assertThatIllegalStateException()
                    .isThrownBy(() -> control.of(new Lamp("x" + where)))
                    .withMessageContaining("BrokenAdapter")
                    .withMessageContaining("broken " + where);
            assertThat(control.find(TargetId.of("lamp", "x" + where))).isEmpty();
            broken.throwing = "";
            control.of(new Lamp("x" + where))
                    .begin(JobType.MODIFY, "again", LONG)
                    .close();
        }
    }

    @Test
    public void adapter_namingATargetOfAnotherKind_isRefused() {
        register(new LampAdapter(AdmissionPolicy.LIBVIRT), "torch", 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> control.of(new Lamp("hall")))
                .withMessageContaining("for kind torch named a target lamp hall");
    }

    @Test
    public void adapter_throwingOnAbort_isLoggedAndTheAbortGoesOn() throws Exception {
        BrokenAdapter broken = new BrokenAdapter();
        broken.throwing = "abort";
        register(broken, "lamp", 0);
        try (Log log = new Log(context);
                AsyncJob job = control.of(new Lamp("abort"))
                        .beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG)) {
            assertThat(job.abort()).isEqualTo(AbortResult.STILL_RUNNING);
            assertThat(job.abortRequested()).isTrue();
            await().untilAsserted(() -> assertThat(log.text())
                    .contains("abort of job #" + job.id())
                    .contains("broken abort"));
        }
    }

    @Test
    public void adapter_throwingOnProgress_isLoggedAndTheJobsOwnIsShown() throws Exception {
        BrokenAdapter broken = new BrokenAdapter();
        broken.throwing = "progress";
        register(broken, "lamp", 0);
        try (Log log = new Log(context);
                AsyncJob job = control.of(new Lamp("progress"))
                        .beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG)) {
            job.progress(Progress.ofData(10, 7));
            JobInfo looked = control.job(job.id()).orElseThrow();
            assertThat(looked.progress().data().processed()).isEqualTo(7);
            assertThat(log.text())
                    .contains("progress of job #" + job.id())
                    .contains("broken progress");
        }
    }

    @Test
    public void adapter_withoutAKind_isLeftOut() {
        try (Log log = new Log(context)) {
            registered.add(context.registerService(
                    TargetAdapter.class, new LampAdapter(AdmissionPolicy.LIBVIRT), null));
            assertThat(log.text())
                    .contains(
                            "LampAdapter is left out: its property jobcontrol.target names no kind");
        }
    }
}
