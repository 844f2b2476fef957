package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobEvents;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
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
import org.osgi.service.event.Event;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;

/** Owners that hang: they are noticed, and their jobs are taken from them. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HungOwnersIT {
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

    private final CountDownLatch hangs = new CountDownLatch(1);
    private Domain domain;
    private Bundle consumer;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void prepare() throws Exception {
        domain = domains.define(DomainSpec.of("web-01", 1 << 20));
        consumer = Consumers.start(context, "com.acme.hangs");
    }

    @After
    public void cleanUp() throws Exception {
        hangs.countDown();
        consumer.uninstall();
        domain.undefine(LONG);
    }

    private JobObject theirs() {
        return Consumers.service(consumer, JobControl.class).of(domain);
    }

    private void configure(String key, String value) throws Exception {
        Dictionary<String, Object> values = new Hashtable<>();
        values.put(key, value);
        configurations.getConfiguration("org.jobcontrol", "?").update(values);
    }

    /** Begins a job in a thread of its own, which then waits until the test ends. */
    private void hang(LinkedBlockingQueue<AsyncJob> begun) {
        try {
            begun.add(theirs().beginAsync(DomainOperation.DUMP, JobMask.DEFAULT, LONG));
            hangs.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private AsyncJob hanging() throws InterruptedException {
        LinkedBlockingQueue<AsyncJob> begun = new LinkedBlockingQueue<>();
        new Thread(() -> hang(begun), "the one that hangs").start();
        return begun.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static int count(String what, String text) {
        return (int)
                Pattern.compile(Pattern.quote(what)).matcher(text).results().count();
    }

    @Test
    public void jobWithoutProgress_isReportedOnce_andWhenItMovesOn() throws Exception {
        configure("stuck_warn_millis", "200");
        AsyncJob job = hanging();
        JobObject ours = control.of(domain);
        JobFuture<Job> waiter = ours.beginLater(JobType.MODIFY, "changes it", LONG);
        String stuck = "job #" + job.id() + " ASYNC 'DUMP' on domain web-01 (bundle com.acme.hangs,"
                + " thread the one that hangs) is stuck: no progress for PT0S";
        try (Log log = new Log(context)) {
            await().untilAsserted(() -> assertThat(log.text())
                    .contains(stuck)
                    .contains("it keeps waiting: job #" + waiter.id() + " MODIFY")
                    .contains("thread the one that hangs (WAITING) is at")
                    .contains("HungOwnersIT.hang("));
            // Whoever is looked at later was looked at when the first one had been reported.
            try (Job other = control.of(another()).begin(JobType.MODIFY, "hangs too", LONG)) {
                await().until(() -> log.text().contains("job #" + other.id() + " MODIFY"));
            }
            assertThat(count(stuck, log.text())).isEqualTo(1);

            job.progress(Progress.ofData(2, 1));
            await().until(() -> log.text().contains("moves on"));
            await().until(() -> count(stuck, log.text()) == 2);
        }
        job.close();
        waiter.await().close();
        another().undefine(LONG);
    }

    private Domain another() throws Exception {
        return domains.find("web-02").isPresent()
                ? domains.find("web-02").orElseThrow()
                : domains.define(DomainSpec.of("web-02", 1 << 20));
    }

    @Test
    public void releasedJob_isOrphaned_loggedAndTold() throws Exception {
        LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Dictionary<String, Object> topics = new Hashtable<>();
        topics.put(EventConstants.EVENT_TOPIC, JobEvents.topic("domain", JobEvents.ORPHANED));
        var handler =
                context.registerService(EventHandler.class, (EventHandler) events::add, topics);
        AsyncJob job = hanging();
        JobFuture<Job> waiter = control.of(domain).beginLater(JobType.MODIFY, "next", LONG);
        String here = Thread.currentThread().getName();
        try (Log log = new Log(context)) {
            admin.release(job.id(), "its thread hangs");
            await().untilAsserted(() -> assertThat(log.text())
                    .contains("job #" + job.id())
                    .contains("was released by an operator: its thread hangs (by thread " + here
                            + ")"));
        }
        waiter.await().close();
        Event event = events.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(event.getTopic()).isEqualTo("org/jobcontrol/domain/ORPHANED");
        assertThat(event.getProperty(JobEvents.JOB_ID)).isEqualTo(job.id());
        assertThat(event.getProperty(JobEvents.JOB_TYPE)).isEqualTo("ASYNC");
        assertThat(event.getProperty(JobEvents.JOB_OPERATION)).isEqualTo("DUMP");
        assertThat(event.getProperty(JobEvents.TARGET_ID)).isEqualTo("web-01");
        assertThat(event.getProperty(JobEvents.OWNER_THREAD)).isEqualTo("the one that hangs");
        assertThat(event.getProperty(EventConstants.BUNDLE_SYMBOLICNAME))
                .isEqualTo("com.acme.hangs");
        assertThat(event.getProperty(EventConstants.MESSAGE))
                .isEqualTo("released by an operator: its thread hangs");
        assertThat(events).isEmpty();
        job.close();
        assertThat(job.info().outcome()).contains(JobOutcome.ORPHANED);
        handler.unregister();
    }
}
