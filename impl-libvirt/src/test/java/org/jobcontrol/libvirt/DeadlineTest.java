package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.api.spi.TargetAdapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests and daemons that stand still: nobody waits for them longer than they want to. */
@Real
@Timeout(120)
class DeadlineTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Far more than {@link #SHORT}, and far less than the half minute after which libvirt gives up. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static Daemon daemon;
    private static Lab lab;
    private static Domain hung;
    private static Domain lively;

    private final Stopped stopped = new Stopped();

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start("host-d");
        lab = new Lab(daemon.uri());
        hung = Guest.make(daemon.directory(), "hung", 64 * MIB, false).run(lab.domains());
        lively = Guest.make(daemon.directory(), "lively", 64 * MIB, false).run(lab.domains());
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
        daemon.close();
    }

    /** Resumes what was stopped, and waits until both guests run and no job is left. */
    @AfterEach
    void goOn() throws Exception {
        stopped.close();
        for (Domain domain : new Domain[] {hung, lively}) {
            await().atMost(LONG)
                    .until(() -> domain.jobs().info().jobs().isEmpty()
                            && domain.jobs().info().async().isEmpty());
            DomainState state = domain.query(LONG).state();
            if (state == DomainState.PAUSED) {
                domain.resume(LONG);
            } else if (state == DomainState.SHUTOFF) {
                domain.start(LONG).await();
            }
        }
    }

    private static void assertSoon(long begunNanos) {
        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(SOON);
    }

    @Test
    void suspend_ofAGuestThatStandsStill_endsAtItsDeadlineAndKeepsItsSlot() throws Exception {
        stopped.stop(daemon.guest("hung"));
        long begun = System.nanoTime();
        assertThatThrownBy(() -> hung.suspend(SHORT))
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.inFlight()).isPresent())
                .hasMessageContaining("hung")
                .hasMessageContaining("may still take effect");
        assertSoon(begun);
        // libvirt still works on it: what comes next waits here, and is told for what, this thread
        // too
        assertThatThrownBy(() -> hung.setMemory(64 * MIB, SHORT))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("held by SUSPEND")
                .hasMessageContaining("domain.suspend");
        assertSoon(begun);
        stopped.close();
        await().until(() -> hung.jobs().info().jobs().isEmpty());
        await().until(() -> hung.state() == DomainState.PAUSED);
    }

    @Test
    void managedSave_ofAGuestThatStandsStill_returnsItsFutureAtOnce() throws Exception {
        JobFuture<Void> save;
        try (Stopped guest = new Stopped()) {
            guest.stop(daemon.guest("hung"));
            Process virsh = hungSuspend();
            long begun = System.nanoTime();
            save = hung.managedSave(SHORT);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(1));
            assertThatThrownBy(save::await)
                    .isInstanceOf(JobRefusedException.class)
                    .hasMessageContaining("the guest or the daemon hangs");
            assertSoon(begun);
            assertThat(hung.jobs().info().async()).isEmpty();
            guest.close();
            virsh.waitFor();
        }
    }

    /** Lets virsh hang in a guest that stands still, with its job held in the daemon. */
    private static Process hungSuspend() throws Exception {
        long logged = daemon.logged();
        Process virsh = daemon.virshLater("suspend", "hung");
        await().until(() -> daemon.log(logged).stream()
                .anyMatch(line -> line.contains("Started job: suspend")));
        return virsh;
    }

    @Test
    void job_ofAGuestThatStandsStill_isShownAtOnce() throws Exception {
        JobFuture<Void> save;
        try (Pipe pipe = new Pipe(daemon.directory().resolve("hung.save"))) {
            save = hung.save(pipe.path(), LONG);
            pipe.awaitWriter();
            // the first reports can be of the time before QEMU knows how much there is to save
            await().until(() -> info(save).progress().memory().total() > 0);
            stopped.stop(daemon.guest("hung"));
            long begun = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThat(info(save).progress().memory().total()).isPositive();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(2));
            save.cancel();
            stopped.close();
            pipe.drain();
        }
        assertThatThrownBy(save::await).isInstanceOf(Exception.class);
    }

    @Test
    void progress_ofAGuestThatStandsStill_isAskedForWithoutAJob() throws Exception {
        JobFuture<Void> save;
        try (Pipe pipe = new Pipe(daemon.directory().resolve("asked.save"))) {
            save = hung.save(pipe.path(), LONG);
            pipe.awaitWriter();
            // by then the start of libvirt's job is known, and only the progress is asked for
            Set<Instant> reports = new HashSet<>();
            await().until(() -> {
                info(save).progressAt().ifPresent(reports::add);
                return reports.size() > 4;
            });
            stopped.stop(daemon.guest("hung"));
            long logged = daemon.logged();
            Set<String> operations = new HashSet<>();
            await().until(() -> {
                boolean asked = daemon.log(logged).stream()
                        .anyMatch(line -> line.contains("Started job: query"));
                hung.jobs().info().jobs().forEach(job -> operations.add(job.operation()));
                return asked;
            });
            // the question waits for the guest now, and nobody waits for the question
            assertThat(operations).doesNotContain(TargetAdapter.LOOK);
            hung.jobs().begin(JobType.QUERY, "domain.query", SHORT).close();
            save.cancel();
            stopped.close();
            pipe.drain();
        }
        assertThatThrownBy(save::await).isInstanceOf(Exception.class);
    }

    private static JobInfo info(JobFuture<?> job) {
        return lab.control().job(job.id()).orElseThrow();
    }

    @Test
    void statistics_ofAGuestThatStandsStill_holdTheirSlotUntilItAnswers() throws Exception {
        stopped.stop(daemon.guest("hung"));
        long begun = System.nanoTime();
        assertThatThrownBy(() -> hung.statistics(EnumSet.of(StatisticsGroup.BLOCK), SHORT))
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.inFlight()).isPresent())
                .hasMessageContaining("may still take effect");
        assertSoon(begun);
        assertThat(hung.jobs().info().jobs())
                .extracting(JobInfo::operation)
                .containsExactly("domain.statistics");
        stopped.close();
        await().until(() -> hung.jobs().info().jobs().isEmpty());
    }

    @Test
    void look_atAGuestThatStandsStill_keepsNoSlotAndBlindsNobody() throws Exception {
        stopped.stop(daemon.guest("hung"));
        Process suspend = hungSuspend();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> hung.suspend(SHORT))
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason())
                                .isEqualTo(JobRefusedException.Reason.TIMEOUT))
                .hasMessageContaining("domain hung")
                .hasMessageContaining("the guest or the daemon hangs");
        assertSoon(begun);
        assertThat(hung.jobs().info().jobs()).isEmpty();
        // jobs of other clients on other domains are seen meanwhile
        try (Pipe pipe = new Pipe(daemon.directory().resolve("lively.save"))) {
            Process virsh = daemon.virshLater("save", "lively", pipe.path().toString());
            pipe.awaitWriter();
            await().atMost(SOON).until(() -> lively.jobs().info().async().isPresent());
            daemon.virsh("domjobabort", "lively");
            pipe.drain();
            virsh.waitFor();
        }
        stopped.close();
        suspend.waitFor();
    }

    @Test
    void save_besideOneOfAnotherClientThatNobodyHasSeen_isRefusedAndNamesIt() throws Exception {
        try (Pipe pipe = new Pipe(daemon.directory().resolve("unseen.save"))) {
            JobFuture<Void> save;
            Process virsh = daemon.virshLater("dump", "lively", pipe.path().toString());
            pipe.awaitWriter();
            save = lively.managedSave(SHORT);
            assertThatThrownBy(save::await)
                    .isInstanceOf(JobRefusedException.class)
                    .hasMessageContaining("DUMP");
            daemon.virsh("domjobabort", "lively");
            pipe.drain();
            virsh.waitFor();
        }
    }

    @Test
    void callsWithoutATimeout_atADaemonThatStandsStill_endAtTheirBound() throws Exception {
        DomainSpec spec =
                Guest.make(daemon.directory(), "defined", 64 * MIB, false).spec();
        stopped.stop(daemon.process());
        // beside one another: after some 25 s the connection is taken to be lost
        List<CompletableFuture<?>> answers = List.of(
                later(lively::definition),
                later(() -> lively.snapshots().list()),
                later(() -> lab.domains().define(spec)));
        for (CompletableFuture<?> answer : answers) {
            assertThatThrownBy(answer::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            DomainException.class, e -> assertThat(e.inFlight()).isPresent())
                    .hasMessageContaining("has not answered within 10000 ms");
        }
        stopped.close();
        await().until(() -> lab.domains().find("defined").isPresent());
        lab.domains().find("defined").orElseThrow().undefine(LONG);
    }

    private static CompletableFuture<?> later(Callable<?> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task, "caller without a timeout").start());
    }

    @Test
    void suspend_atADaemonThatStandsStill_isRefusedAtItsDeadline() throws Exception {
        stopped.stop(daemon.process());
        long begun = System.nanoTime();
        assertThatThrownBy(() -> lively.suspend(SHORT)).isInstanceOf(JobRefusedException.class);
        assertThat(lab.domains().list()).contains(hung, lively);
        assertThat(lively.info().state()).isEqualTo(DomainState.RUNNING);
        assertSoon(begun);
    }
}
