package org.jobcontrol.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Explanation;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Units;

/** Jobs on a simulated domain: what may run beside an async job, and what waits for it. */
final class DomainScene {
    private static final long MEMORY = 2L << 30;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Domains domains;
    private final Screen screen;
    private final Watch watch;
    private final Checks check;

    DomainScene(Domains domains, Screen screen, Watch watch, Checks check) {
        this.domains = domains;
        this.screen = screen;
        this.watch = watch;
        this.check = check;
    }

    void play(Path directory) throws Exception {
        screen.heading("A domain is saved: others may look meanwhile, but not change it");
        Domain domain = domains.define(DomainSpec.of("web-01", MEMORY));
        domain.start(PATIENCE).await();
        check.equal(domain.state(), DomainState.RUNNING, "state of the domain");

        JobFuture<Void> save = domain.save(directory.resolve("web-01.save"), PATIENCE);
        watch.until("progress of the save", () -> watch.processed(save.id()) > 0, save.id());
        query(domain, save.id());
        explain(domain);
        change(domain, save);

        check.equal(domain.state(), DomainState.RUNNING, "state after the aborted save");
        try (Stream<Path> files = Files.list(directory)) {
            check.equal(files.count(), 0L, "files that the aborted save left");
        }
        screen.say("web-01 runs on, with " + Units.size(domain.info().memory())
                + ", and there is no half-made file");
    }

    private void query(Domain domain, long save) throws Exception {
        long begin = System.nanoTime();
        DomainInfo seen = domain.query(PATIENCE);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        check.that(!watch.ended(save), "the query did not wait for the save");
        screen.say("query beside the save, answered in " + Units.time(took) + ": " + seen.state()
                + ", " + Units.size(seen.memory()));
    }

    private void explain(Domain domain) throws DemoException {
        Explanation explanation = domain.jobs().explain(JobType.MODIFY);
        check.that(!explanation.admissible(), "the save keeps a MODIFY job out");
        screen.say("may the memory be set? " + explanation.rule());
    }

    private void change(Domain domain, JobFuture<Void> save) throws Exception {
        FutureTask<Boolean> change = new FutureTask<>(() -> {
            domain.setMemory(MEMORY / 2, PATIENCE);
            return true;
        });
        Thread thread = new Thread(change, "demo-change");
        thread.setDaemon(true);
        thread.start();
        watch.until("the change", () -> queued(domain).isPresent() || change.isDone(), save.id());
        long changeId = queued(domain)
                .orElseThrow(() -> new DemoException("the change did not wait for the save"))
                .id();

        long most = MEMORY / 5 * 3;
        watch.until(
                "most of the save", () -> watch.processed(save.id()) >= most, save.id(), changeId);
        AbortResult answer = save.cancel();
        screen.say("abort save #" + save.id() + ": " + answer);
        watch.untilEnded(save.id(), changeId);
        change.get();
        ended(domain, save, watch.job(changeId));
    }

    private void ended(Domain domain, JobFuture<Void> save, JobInfo change) throws Exception {
        try {
            save.await();
        } catch (JobAbortedException e) {
            // as it should be
        }
        JobInfo saved = watch.job(save.id());
        check.equal(saved.outcome().orElseThrow(), JobOutcome.ABORTED, "outcome of the save");
        check.equal(change.outcome().orElseThrow(), JobOutcome.COMPLETED, "outcome of the change");
        check.that(
                !change.started().orElseThrow().isBefore(saved.ended().orElseThrow()),
                "the change waited for the save");
        check.equal(domain.info().memory(), MEMORY / 2, "memory of the domain");
    }

    private Optional<JobInfo> queued(Domain domain) {
        return domain.jobs().info().queue().stream().findFirst();
    }
}
