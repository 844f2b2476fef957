package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Daemons and guests that are killed, or stand still, at bad moments. */
@Tag("slow")
@Real
@Timeout(120)
class FaultsTest {
    private static Daemon daemon;
    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start("host-c");
        lab = new Lab(daemon.uri());
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
        daemon.close();
    }

    private static Domain running(String name) throws Exception {
        return Guest.make(daemon.directory(), name, 128 * MIB, false).run(lab.domains());
    }

    private static void assertFails(ThrowingCallable call, DomainException.Reason reason) {
        assertThatThrownBy(call).satisfies(thrown -> {
            boolean wrapped =
                    thrown instanceof ExecutionException || thrown instanceof CompletionException;
            assertThat(wrapped ? thrown.getCause() : thrown)
                    .isInstanceOfSatisfying(
                            DomainException.class,
                            e -> assertThat(e.reason()).as("%s", e).isEqualTo(reason));
        });
    }

    @Test
    void daemonKilled_duringASave_failsItAndComesBack() throws Exception {
        Domain domain = running("survivor");
        UUID uuid = domain.uuid();
        JobFuture<Void> save;
        try (Pipe pipe = new Pipe(daemon.directory().resolve("survivor.save"))) {
            save = domain.save(pipe.path(), LONG);
            pipe.awaitWriter();
            daemon.kill();
            assertFails(save::await, DomainException.Reason.CONNECTION_LOST);
            assertThat(lab.ended(save).outcome()).contains(JobOutcome.FAILED);
        }
        lab.awaitLost();
        assertThat(domain.state()).isEqualTo(DomainState.NOSTATE);
        assertFails(() -> domain.suspend(LONG), DomainException.Reason.UNSUPPORTED);
        assertThatThrownBy(() -> lab.domains().define(DomainSpec.of("elsewhere", MIB)))
                .hasMessageContaining(daemon.uri() + " is not connected");
        assertThatThrownBy(() -> lab.pools().defaultType("elsewhere"))
                .hasMessageContaining(daemon.uri() + " is not connected");

        daemon.start();
        lab.awaitConnected();
        assertThat(lab.domains().find(uuid.toString())).contains(domain);
        await().until(() -> domain.state() == DomainState.RUNNING);
        domain.suspend(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.destroy(LONG);
    }

    @Test
    void daemonKilled_duringAClone_failsIt() throws Exception {
        lab.localBytes(false);
        Path directory = daemon.directory().resolve("pool");
        StoragePool pool =
                lab.pools().define(new PoolSpec("pool", daemon.uri(), directory, Map.of()));
        pool.build(LONG).await();
        pool.start(LONG).await();
        StorageVolume base =
                pool.create(VolumeSpec.allocated("base", 1024 * MIB), LONG).await();
        JobFuture<StorageVolume> copy = base.cloneTo(pool, "copy", LONG);
        await().until(() -> daemon.virsh("vol-list", "pool").contains("copy"));
        daemon.kill();
        assertThatThrownBy(copy::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason())
                                .isEqualTo(StorageException.Reason.CONNECTION_LOST));
        lab.awaitLost();
        daemon.start();
        lab.awaitConnected();
        lab.localBytes(true);
        StoragePool again = lab.pools().find("pool").orElseThrow();
        assertThat(again.state()).isEqualTo(PoolState.ACTIVE);
        again.refresh(LONG).await();
        assertThat(again.volume("base")).isPresent();
    }

    @Test
    void daemonKilled_duringAnUpload_leavesItMarked() throws Exception {
        lab.localBytes(false);
        Path directory = daemon.directory().resolve("uploads");
        StoragePool pool =
                lab.pools().define(new PoolSpec("uploads", daemon.uri(), directory, Map.of()));
        pool.build(LONG).await();
        pool.start(LONG).await();
        StorageVolume volume =
                pool.create(VolumeSpec.allocated("half", 16 * MIB), LONG).await();
        PipedOutputStream bytes = new PipedOutputStream();
        JobFuture<Long> upload = volume.upload(new PipedInputStream(bytes, 1 << 20), LONG);
        bytes.write(new byte[(int) MIB]);
        await().until(() ->
                lab.control().job(upload.id()).orElseThrow().progress().data().processed() > 0);
        daemon.kill();
        lab.awaitLost();
        bytes.write(new byte[(int) MIB]);
        bytes.close();
        assertThatThrownBy(upload::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason())
                                .isEqualTo(StorageException.Reason.CONNECTION_LOST));
        daemon.start();
        lab.awaitConnected();
        StoragePool again = lab.pools().find("uploads").orElseThrow();
        again.refresh(LONG).await();
        assertThat(again.volume("half").orElseThrow().info().state())
                .isEqualTo(VolumeState.PARTLY_WRITTEN);
        lab.localBytes(true);
    }

    @Test
    void guestKilled_duringABackup_failsIt() throws Exception {
        Domain domain = running("victim");
        BackupSpec pull = new BackupSpec(
                BackupSpec.Mode.PULL, Map.of("vda", daemon.directory().resolve("victim.scratch")));
        JobFuture<Void> backup = domain.disks().backup(pull, LONG);
        await().until(() -> daemon.virsh("domjobinfo", "victim").contains("Backup"));
        daemon.guest("victim").destroyForcibly();
        // whichever libvirt tells first: that the backup has failed, or that the guest is gone
        assertThatThrownBy(backup::await)
                .cause()
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason())
                                .isIn(
                                        DomainException.Reason.FAILED,
                                        DomainException.Reason.INVALID_STATE));
        assertThat(lab.ended(backup).outcome()).contains(JobOutcome.FAILED);
        await().until(() -> domain.state() == DomainState.SHUTOFF);
        assertThat(domain.jobs().info().async()).isEmpty();
        domain.start(LONG).await();
        domain.destroy(LONG);
    }

    @Test
    void destroy_ofAGuestThatStandsStill_holdsUpNobodyElse() throws Exception {
        Domain stuck = running("stuck");
        Domain other = running("other");
        ProcessHandle guest = daemon.guest("stuck");
        // the kill that is built into the shell: the program is in a package of its own
        Process stop = new ProcessBuilder("sh", "-c", "kill -STOP " + guest.pid()).start();
        assertThat(stop.waitFor()).isZero();
        CompletableFuture<Object> hung = CompletableFuture.supplyAsync(() -> {
            try {
                return stuck.statistics(
                        EnumSet.of(StatisticsGroup.BALLOON, StatisticsGroup.BLOCK), LONG);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        await().until(() -> !stuck.jobs().info().jobs().isEmpty());
        CompletableFuture<Void> destroy = CompletableFuture.runAsync(() -> {
            try {
                stuck.destroy(LONG);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });

        long begun = System.nanoTime();
        other.suspend(LONG);
        other.resume(LONG);
        assertThat(lab.domains().list()).contains(stuck, other);
        assertThat(stuck.info().maxMemory()).isEqualTo(128 * MIB);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));

        destroy.join();
        await().until(() -> stuck.state() == DomainState.SHUTOFF);
        assertThat(hung.handle((result, failure) -> true).join()).isTrue();
        assertThat(stuck.jobs().info().jobs()).isEmpty();
        other.destroy(LONG);
    }
}
