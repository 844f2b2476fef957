package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.inject.Inject;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** The configuration {@code org.jobcontrol} changes while jobs run and wait. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ConfigurationIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Long enough for the configuration to change meanwhile. */
    private static final long OLD_MILLIS = 5_000;

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    @Inject
    private Domains domains;

    @Inject
    private ConfigurationAdmin configurations;

    private JobObject jobs;

    /** Of a domain that tells when a configuration is taken over. */
    private JobObject idle;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        jobs = of("web-01");
        idle = of("idle");
        CoreConfiguration.set(configurations, idle, Map.of());
    }

    private JobObject of(String name) throws Exception {
        if (domains.find(name).isEmpty()) {
            domains.define(DomainSpec.of(name, 1 << 20));
        }
        return control.of(domains.find(name).orElseThrow());
    }

    @Test
    public void configuration_bad_isRefusedAndTheLastStays() throws Exception {
        try (Log log = new Log(context)) {
            CoreConfiguration.update(
                    configurations, new Hashtable<>(Map.of("begin_timeout_millis", "soon")));
            await().untilAsserted(() -> assertThat(log.text())
                    .contains("begin_timeout_millis is 'soon', not a number from 1 to 86400000"));
            assertThat(CoreConfiguration.hasDefault(idle, CoreConfiguration.PROBE))
                    .isTrue();
        }
    }

    @Test
    public void configuration_changedWhileJobsWait_theyKeepTheirDeadlinesAndTheirOrder()
            throws Exception {
        setOld("1");
        await().until(() -> CoreConfiguration.hasBoundOfOne(idle));
        setOld("0");
        await().until(() -> !CoreConfiguration.hasBoundOfOne(idle));
        JobFuture<Job> second;
        JobFuture<Job> third;
        CompletableFuture<Void> first;
        try (Job holder = jobs.begin(JobType.MODIFY, "holder", LONG)) {
            holder.detach();
            first = CompletableFuture.runAsync(this::beginWithDefault, CoreConfiguration.THREADS);
            await().until(() -> queue().equals(List.of("default")));
            second = jobs.beginLater(JobType.MODIFY, "second", LONG);
            third = jobs.beginLater(JobType.MODIFY, "third", LONG);
            // One runs and three wait.
            CoreConfiguration.set(configurations, idle, Map.of("queue_max", "4"));

            assertRefused(Reason.QUEUE_FULL, "the bound is 4");
            assertThat(queue()).containsExactly("default", "second", "third");
            assertThatThrownBy(first::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("within " + Duration.ofMillis(OLD_MILLIS));
            assertThat(queue()).containsExactly("second", "third");
            assertRefused(Reason.TIMEOUT, "within " + CoreConfiguration.PROBE);
        }
        try (Job job = second.await()) {
            assertThat(third).isNotDone();
            assertThat(queue()).containsExactly("third");
            assertThat(job.info().waited()).isGreaterThan(CoreConfiguration.PROBE);
        }
        third.await().close();
    }

    /** Sets the old timeout; the bound tells when. */
    private void setOld(String bound) throws Exception {
        CoreConfiguration.update(
                configurations,
                new Hashtable<>(Map.of(
                        "begin_timeout_millis", String.valueOf(OLD_MILLIS), "queue_max", bound)));
    }

    /** Refused as one that comes now, with the default of now. */
    private void assertRefused(Reason reason, String why) {
        assertThatThrownBy(() -> CompletableFuture.runAsync(
                                this::beginWithDefault, CoreConfiguration.THREADS)
                        .join())
                .cause()
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .hasMessageContaining(why);
    }

    private void beginWithDefault() {
        try (Job job = jobs.begin(JobType.MODIFY, "default")) {
            throw new AssertionError("begun: " + job);
        } catch (JobRefusedException | InterruptedException e) {
            throw new CompletionException(e.getMessage(), e);
        }
    }

    private List<String> queue() {
        return jobs.info().queue().stream().map(JobInfo::operation).toList();
    }
}
