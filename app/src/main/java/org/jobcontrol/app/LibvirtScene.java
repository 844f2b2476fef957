package org.jobcontrol.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Units;

/**
 * Jobs on a domain of a libvirt. It is saved into a pipe that nobody reads, so that the save lasts; where
 * the hypervisor has no async jobs the refusal is shown instead. The domain is gone afterwards.
 */
final class LibvirtScene {
    private static final String NAME = "jobcontrol-demo";
    /** Libvirt keeps the first MiB of what is saved for itself; untouched memory makes some bytes a page. */
    private static final long MEMORY = 2L << 30;

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration HASTE = Duration.ofMillis(500);

    private final Domains domains;
    private final Screen screen;
    private final Watch watch;
    private final Checks check;

    LibvirtScene(Domains domains, Screen screen, Watch watch, Checks check) {
        this.domains = domains;
        this.screen = screen;
        this.watch = watch;
        this.check = check;
    }

    void play(String uri, Path directory) throws Exception {
        screen.heading("A domain of " + uri);
        Domain domain = domains.define(DomainSpec.of(NAME, MEMORY));
        try {
            JobFuture<Void> start = domain.start(PATIENCE);
            watch.untilEnded(start.id());
            start.await();
            check.equal(domain.state(), DomainState.RUNNING, "state of the domain");
            look(domain);
            save(domain, directory.resolve("pipe"));
            domain.suspend(PATIENCE);
            check.equal(domain.state(), DomainState.PAUSED, "state once it was suspended");
            domain.resume(PATIENCE);
            screen.say(NAME + " was suspended and runs again");
        } finally {
            if (domain.state().active()) {
                domain.destroy(PATIENCE);
            }
            domain.undefine(PATIENCE);
        }
        check.that(domains.find(NAME).isEmpty(), "the domain is gone");
        screen.say(NAME + " is destroyed and undefined");
    }

    private void look(Domain domain) throws Exception {
        int values = domain.statistics(EnumSet.allOf(StatisticsGroup.class), PATIENCE)
                .values()
                .size();
        check.that(values > 0, "the hypervisor gives statistics");
        screen.say(values + " statistics, " + Units.size(domain.query(PATIENCE).memory()));
    }

    private void save(Domain domain, Path pipe) throws Exception {
        screen.heading("It is saved: others may look meanwhile, but not change it");
        make(pipe);
        CountDownLatch flows = new CountDownLatch(1);
        Thread reader = new Thread(() -> read(pipe, flows), "demo-reader");
        reader.setDaemon(true);
        reader.start();
        JobFuture<Void> save = domain.save(pipe, PATIENCE);
        try {
            watch.until(
                    "progress of the save",
                    () -> !watch.isKnown(save.id()) || watch.processed(save.id()) > 0);
            if (!watch.isKnown(save.id())) {
                refused(save);
            } else {
                beside(domain, save);
                AbortResult answer = save.cancel();
                screen.say("abort save #" + save.id() + ": " + answer);
                flows.countDown();
                aborted(domain, save);
            }
        } finally {
            flows.countDown();
        }
    }

    private void beside(Domain domain, JobFuture<Void> save) throws Exception {
        screen.say("query beside the save: " + domain.query(PATIENCE).state());
        screen.say("may it be changed? " + domain.jobs().explain(JobType.MODIFY).rule());
        try {
            domain.suspend(HASTE);
            throw new DemoException("the domain was suspended beside its save");
        } catch (JobRefusedException e) {
            check.equal(e.reason(), Reason.TIMEOUT, "reason of the refusal");
            check.equal(e.blockers().get(0).id(), save.id(), "who was in the way");
            screen.say(String.valueOf(e.getMessage()));
        }
    }

    private void aborted(Domain domain, JobFuture<Void> save) throws Exception {
        watch.untilEnded(save.id());
        try {
            save.await();
        } catch (JobAbortedException e) {
            screen.say("libvirt says: " + e.getMessage());
        }
        JobOutcome outcome = watch.job(save.id()).outcome().orElseThrow();
        check.equal(outcome, JobOutcome.ABORTED, "outcome of the save");
        watch.until("the guest", () -> domain.state() == DomainState.RUNNING);
    }

    private void refused(JobFuture<Void> save) throws Exception {
        try {
            save.await();
            throw new DemoException("the save was over before anybody could look");
        } catch (JobRefusedException e) {
            check.equal(e.reason(), Reason.UNSUPPORTED, "reason of the refusal");
            screen.say(String.valueOf(e.getMessage()));
        }
    }

    private static void make(Path pipe) throws Exception {
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
            throw new DemoException("mkfifo does not make " + pipe);
        }
    }

    private static void read(Path pipe, CountDownLatch flows) {
        // for ever: libvirt opens the pipe once more if the save should be faster than the abort
        while (true) {
            try (InputStream in = Files.newInputStream(pipe)) {
                flows.await();
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException | InterruptedException e) {
                // the demo is over, and the pipe gone
                return;
            }
        }
    }
}
