package org.jobcontrol.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.domain.StatisticsGroup.BALLOON;
import static org.jobcontrol.api.domain.StatisticsGroup.STATE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.domain.MigrationSpec;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operations of domains do to guests of the test driver, and what they refuse. */
@Timeout(60)
class DomainOperationsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final long MIB = 1 << 20;

    /** At this rate a save lasts as long as the test wants it to. */
    private static final long SLOW = MIB;

    private static final long FAST = 1L << 40;

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("com.acme.test");
    private final DomainCatalog catalog = new DomainCatalog();
    private final Domains domains = new DomainsService(catalog, control);
    private TestDriver driver = new TestDriver(FAST, 0);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void connect() {
        catalog.add(driver, 0);
        engine.adapters().add(new DomainAdapter(catalog), DomainAdapter.DOMAIN, 0);
        file = directory.resolve("web-01.save");
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void slowDriver() {
        catalog.removeDriver(driver);
        driver = new TestDriver(SLOW, 0);
        catalog.add(driver, 0);
    }

    private Domain running() throws Exception {
        Domain domain = domains.define(DomainSpec.of("web-01", 64 * MIB));
        domain.start(LONG).await();
        return domain;
    }

    private JobInfo ended(JobFuture<?> future) {
        return control.ended(future.id()).toCompletableFuture().join();
    }

    private static void assertFails(ThrowingCallable call, Reason reason, String message) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            DomainException.class, e -> assertThat(e.reason()).isEqualTo(reason));
            assertThat(failure).hasMessageContaining(message);
        });
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    // ---- states ---------------------------------------------------------------------------------

    @Test
    void operations_inTurn_moveTheGuest() throws Exception {
        Domain domain = domains.define(DomainSpec.of("web-01", 64 * MIB));
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.start(LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.suspend(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.resume(LONG);
        domain.setMemory(32 * MIB, LONG);
        assertThat(domain.query(LONG).memory()).isEqualTo(32 * MIB);
        domain.destroy(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.undefine(LONG);
        assertThat(domains.list()).isEmpty();
        assertThat(control.objects()).isEmpty();
    }

    @Test
    void find_byNameAndUuid_givesEqualViews() throws Exception {
        Domain domain = running();
        assertThat(domains.find("web-01")).contains(domain);
        assertThat(domains.find(domain.uuid().toString())).contains(domain);
        assertThat(domains.find("web-02")).isEmpty();
    }

    @Test
    void operations_inTheWrongState_areRefused() throws Exception {
        Domain domain = domains.define(DomainSpec.of("web-01", MIB));
        assertFails(() -> domain.suspend(LONG), Reason.INVALID_STATE, "domain web-01");
        assertFails(() -> domain.setMemory(1, LONG), Reason.INVALID_STATE, "is not running");
        assertFails(() -> domain.destroy(LONG), Reason.INVALID_STATE, "is not running");
        assertFails(() -> domain.save(file, LONG).await(), Reason.INVALID_STATE, "is not running");
        domain.start(LONG).await();
        assertFails(() -> domain.start(LONG).await(), Reason.INVALID_STATE, "already running");
        assertFails(() -> domain.resume(LONG), Reason.INVALID_STATE, "domain is running");
        assertFails(() -> domain.undefine(LONG), Reason.INVALID_STATE, "already running");
        assertThat(domain.jobs().info().jobs()).isEmpty();
        assertThat(files()).isEmpty();
    }

    // ---- save and restore -----------------------------------------------------------------------

    @Test
    void restore_ofASave_givesMemoryAndStateBack() throws Exception {
        Domain domain = running();
        domain.setMemory(48 * MIB, LONG);
        domain.suspend(LONG);
        JobFuture<Void> save = domain.save(file, LONG);
        save.await();
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(ended(save).progress().memory())
                .isEqualTo(Progress.Amount.of(48 * MIB, 48 * MIB));
        domain.restore(file, LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        assertThat(domain.info().memory()).isEqualTo(48 * MIB);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void save_others_queryBesideAndModifyWaits() throws Exception {
        slowDriver();
        Domain domain = running();
        JobFuture<Void> save = domain.save(file, LONG);
        await().until(() ->
                control.job(save.id()).orElseThrow().progress().data().total() > 0);
        assertThat(domain.query(LONG).state()).isEqualTo(DomainState.PAUSED);
        JobFuture<Job> modify = domain.jobs().beginLater(JobType.MODIFY, "later", LONG);
        assertThatThrownBy(() -> domain.setMemory(MIB, Duration.ofMillis(20)))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("domain web-01: 'domain.setMemory' (MODIFY) not begun within")
                .hasMessageContaining("held by SAVE #" + save.id())
                .hasMessageContaining("mask QUERY, DESTROY, ABORT");
        assertThat(domain.jobs().info().queue()).extracting(JobInfo::id).contains(modify.id());
        save.cancel();
        modify.await().close();
    }

    @Test
    void save_watched_neverGoesBack() throws Exception {
        Domain domain = running();
        JobFuture<Void> save = domain.save(file, LONG);
        List<Long> seen = new ArrayList<>();
        while (!save.toCompletableFuture().isDone()) {
            control.job(save.id())
                    .ifPresent(job -> seen.add(job.progress().data().processed()));
        }
        save.await();
        assertThat(seen).isSorted();
    }

    @Test
    void save_aborted_leavesNoFileAndTheGuestAsBefore() throws Exception {
        slowDriver();
        Domain domain = running();
        JobFuture<Void> save = domain.save(file, LONG);
        await().until(() ->
                control.job(save.id()).orElseThrow().progress().data().total() > 0);
        long asked = System.nanoTime();
        control.abort(save.id(), LONG);
        // The goal is 100 ms; the rest is for a machine that is busy with other things.
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        assertThatThrownBy(save::await).isInstanceOf(JobAbortedException.class);
        assertThat(ended(save).outcome()).contains(JobOutcome.ABORTED);
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        assertThat(files()).isEmpty();
    }

    @Test
    void destroy_duringASave_killsFirst() throws Exception {
        slowDriver();
        Domain domain = running();
        JobFuture<Void> save = domain.save(file, LONG);
        await().until(() ->
                control.job(save.id()).orElseThrow().progress().data().total() > 0);
        domain.destroy(LONG);
        assertFails(save::await, Reason.INVALID_STATE, "domain is not running");
        assertThat(ended(save).outcome()).contains(JobOutcome.FAILED);
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(files()).isEmpty();
    }

    @Test
    void restore_badFiles_areNamed() throws Exception {
        Domain domain = running();
        domain.save(file, LONG).await();
        Path garbage = Files.writeString(directory.resolve("garbage"), "x".repeat(100));
        Path torn = Files.copy(file, directory.resolve("torn"));
        try (var channel =
                java.nio.channels.FileChannel.open(torn, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
        Domain other = domains.define(DomainSpec.of("web-02", 64 * MIB));
        assertFails(
                () -> domain.restore(garbage, LONG).await(), Reason.BAD_FILE, "no saved domain");
        assertFails(() -> domain.restore(torn, LONG).await(), Reason.BAD_FILE, "does not hold");
        assertFails(() -> domain.restore(directory, LONG).await(), Reason.BAD_FILE, "is no file");
        assertFails(
                () -> domain.restore(directory.resolve("none"), LONG).await(),
                Reason.BAD_FILE,
                "none is no file");
        assertFails(
                () -> other.restore(file, LONG).await(),
                Reason.BAD_FILE,
                "is of the domain with uuid " + domain.uuid());
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
    }

    @Test
    void save_badFiles_areNamed() throws Exception {
        Domain domain = running();
        Files.writeString(file, "mine");
        assertFails(() -> domain.save(file, LONG).await(), Reason.BAD_FILE, "exists already");
        Path nowhere = directory.resolve("no/where");
        assertFails(() -> domain.save(nowhere, LONG).await(), Reason.IO, "cannot be written");
        assertThat(file).hasContent("mine");
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
    }

    // ---- bad input ------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a/b", "a\0b", "a\nb"})
    void name_hostile_isRefused(String name) {
        assertThatThrownBy(() -> DomainSpec.of(name, MIB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad domain name: '" + name + "'");
    }

    @Test
    void setMemory_outOfRange_isNamed() throws Exception {
        Domain domain = running();
        for (long bytes : new long[] {0, -1, 64 * MIB + 1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> domain.setMemory(bytes, LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("memory of " + bytes + " bytes is not within 1 to");
        }
        assertThatThrownBy(() -> DomainSpec.of("a", 0)).hasMessageContaining("memory is 0 bytes");
        assertThatThrownBy(() -> new DomainSpec("a", UUID.randomUUID(), 1, 0, Map.of()))
                .hasMessageContaining("0 vcpus");
    }

    @Test
    void define_takenNameOrUuid_isRefused() throws Exception {
        Domain domain = running();
        assertFails(
                () -> domains.define(DomainSpec.of("web-01", MIB)),
                Reason.EXISTS,
                "domain web-01: there is a domain with that name");
        assertFails(
                () -> domains.define(new DomainSpec("web-02", domain.uuid(), MIB, 1, Map.of())),
                Reason.EXISTS,
                "its uuid is that of domain web-01");
    }

    // ---- drivers and users come and go ----------------------------------------------------------

    @Test
    void operations_driverAway_goOnWhenItIsBack() throws Exception {
        Domain domain = running();
        catalog.removeDriver(driver);
        assertThat(domain.state()).isEqualTo(DomainState.NOSTATE);
        assertFails(() -> domain.suspend(LONG), Reason.UNSUPPORTED, "driver 'test' is away");
        assertFails(
                () -> domains.define(DomainSpec.of("web-02", MIB)),
                Reason.UNSUPPORTED,
                "there is no driver");
        catalog.add(driver, 0);
        domain.suspend(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
    }

    @Test
    void driver_stopped_failsTheWork() throws Exception {
        slowDriver();
        Domain domain = running();
        JobFuture<Void> save = domain.save(file, LONG);
        await().until(() ->
                control.job(save.id()).orElseThrow().progress().data().total() > 0);
        driver.stop();
        assertFails(save::await, Reason.DRIVER_STOPPED, "the driver stopped");
        assertThat(files()).isEmpty();
    }

    @Test
    void operations_afterUndefine_areRefused() throws Exception {
        Domain domain = domains.define(DomainSpec.of("web-01", MIB));
        domain.undefine(LONG);
        assertThatThrownBy(() -> domain.query(LONG))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("domain web-01 is gone");
        Domain anew = domains.define(DomainSpec.of("web-01", MIB));
        assertThat(anew.query(LONG).state()).isEqualTo(DomainState.SHUTOFF);
    }

    @Test
    void operations_inAnothersName_sayWhose() throws Exception {
        running();
        Domain theirs = new DomainsService(catalog, engine.control("com.acme.backup"))
                .find("web-01")
                .orElseThrow();
        JobFuture<Void> save = theirs.save(file, LONG);
        save.await();
        assertThat(ended(save).owner().bundle()).isEqualTo("com.acme.backup");
    }

    // ---- statistics -----------------------------------------------------------------------------

    @Test
    void statistics_ofAll_areOfNowUnlessBusy() throws Exception {
        Domain idle = domains.define(DomainSpec.of("web-02", 64 * MIB));
        Domain busy = running();
        assertThat(domains.statistics(Set.of(BALLOON)).get("web-01").values())
                .containsEntry("balloon.current", 64 * 1024L);
        Instant before = idle.lastStatistics().asOf();

        try (Job job = busy.jobs().begin(JobType.MODIFY, "holder")) {
            Map<String, DomainStatistics> seen = domains.statistics(Set.of(BALLOON, STATE));
            assertThat(seen.get("web-02").asOf()).isAfterOrEqualTo(before);
            assertThat(seen.get("web-02").values()).containsEntry("state.state", 5);
            assertThat(seen.get("web-01").values())
                    .containsEntry("balloon.maximum", 64 * 1024L)
                    .doesNotContainKey("state.state");
        }
        assertThat(busy.statistics(Set.of(STATE), LONG).values()).containsEntry("state.state", 1);
    }

    // ---- drivers that can less ------------------------------------------------------------------

    @Test
    void operation_driverWithoutIt_isUnsupported() throws Exception {
        Domain domain = running();
        assertFails(
                () -> domain.reset(LONG), Reason.UNSUPPORTED, "its driver cannot reset a domain");
        assertFails(
                () -> domain.migrations().migrate(MigrationSpec.live("x"), LONG).await(),
                Reason.UNSUPPORTED,
                "cannot move a domain");
        assertThat(domain.jobs().info().async()).isEmpty();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
    }
}
