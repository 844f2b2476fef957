package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.JobType.ABORT;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MIGRATION_OP;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;
import static org.jobcontrol.api.JobType.SUSPEND;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DumpOption;
import org.jobcontrol.api.domain.ShutdownMode;
import org.jobcontrol.api.domain.SnapshotSpec;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Work that lasts on a real guest, what may go beside it, and how it ends. */
@Tag("slow")
@Real
@Timeout(120)
class WorkTest {
    private final Daemon daemon;
    private final Lab lab;
    private Guest guest;
    private Domain domain;

    WorkTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @BeforeEach
    void run(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        guest = Guest.make(daemon.directory(), name, 128 * MIB, false);
        domain = guest.run(lab.domains());
    }

    @AfterEach
    void end() throws Exception {
        if (domain.state().active()) {
            domain.destroy(LONG);
        }
        daemon.virsh("undefine", domain.name(), "--managed-save", "--snapshots-metadata");
    }

    private void awaitMoving(JobFuture<?> work) {
        await().until(() ->
                lab.control().job(work.id()).orElseThrow().progress().data().total() > 0);
    }

    // ---- dump -----------------------------------------------------------------------------------

    @Test
    void dump_intoAPipe_isAborted() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            JobFuture<Void> dump = domain.dump(pipe.path(), Set.of(), LONG);
            awaitMoving(dump);
            assertThat(Lab.beside(domain)).containsExactlyInAnyOrder(QUERY, DESTROY, ABORT);
            lab.control().abort(dump.id(), Duration.ZERO);
            pipe.drain();
            assertThatThrownBy(dump::await).isInstanceOf(JobAbortedException.class);
        }
        await().until(() -> domain.state() == DomainState.RUNNING);
    }

    @Test
    void dump_ofMemoryAlone_isNotAbortable() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            JobFuture<Void> dump = domain.dump(pipe.path(), Set.of(DumpOption.MEMORY_ONLY), LONG);
            pipe.awaitWriter();
            assertThat(lab.control().abort(dump.id(), Duration.ZERO))
                    .isEqualTo(AbortResult.NOT_ABORTABLE);
            assertThat(daemon.virsh("domjobabort", domain.name())).contains("error");
            assertThat(pipe.drain()).isGreaterThan(100 * MIB);
            dump.await();
        }
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
    }

    // ---- snapshots ------------------------------------------------------------------------------

    @Test
    void snapshot_withMemory_letsOthersInWhileItWrites() throws Exception {
        JobFuture<Void> snapshot = domain.snapshots()
                .create(SnapshotSpec.withMemory("one", guest.file("memory")), LONG);
        await().pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> assertThat(Lab.beside(domain))
                        .containsExactlyInAnyOrder(QUERY, DESTROY, ABORT, SUSPEND, MIGRATION_OP));
        snapshot.await();
        assertThat(guest.file("memory")).exists();
        assertThat(domain.snapshots().list()).containsExactly("one");
        assertThat(domain.definition()).contains(".one'");
    }

    @Test
    void snapshot_ofDisks_isDeleted() throws Exception {
        domain.snapshots().create(SnapshotSpec.disksOnly("two"), LONG).await();
        assertThat(domain.snapshots().list()).containsExactly("two");
        assertThatThrownBy(() -> domain.snapshots().delete("none", LONG).await())
                .hasRootCauseMessage("libvirt error 72: Domain snapshot not found: no domain"
                        + " snapshot with matching name 'none'");
    }

    @Test
    void snapshot_insideTheDisk_isRevertedAndDeleted() throws Exception {
        Guest inside = Guest.make(daemon.directory(), "inside", 64 * MIB, false);
        Path disk = inside.file("qcow2");
        Process convert = new ProcessBuilder(
                        "qemu-img",
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        "qcow2",
                        inside.disk().toString(),
                        disk.toString())
                .start();
        assertThat(convert.waitFor()).isZero();
        Domain saved = lab.domains().define(inside.spec(disk, "qcow2"));
        saved.start(LONG).await();
        inside.awaitFilled();

        saved.snapshots().create(SnapshotSpec.internal("five"), LONG).await();
        saved.suspend(LONG);
        JobFuture<Void> revert = saved.snapshots().revert("five", LONG);
        revert.await();
        assertThat(saved.state()).isEqualTo(DomainState.RUNNING);
        saved.snapshots().delete("five", LONG).await();
        assertThat(saved.snapshots().list()).isEmpty();
        saved.destroy(LONG);
        saved.undefine(LONG);
    }

    // ---- disks ----------------------------------------------------------------------------------

    @Test
    void backup_pushed_isWhole() throws Exception {
        Path copy = guest.file("backup");
        JobFuture<Void> backup = domain.disks()
                .backup(new BackupSpec(BackupSpec.Mode.PUSH, Map.of("vda", copy)), LONG);
        backup.await();
        assertThat(copy).exists();
        assertThat(lab.ended(backup).progress().disk().total()).isEqualTo(64 * MIB);
        assertThat(lab.ended(backup).outcome()).contains(JobOutcome.COMPLETED);
    }

    @Test
    void backup_pulled_lastsUntilItIsAborted() throws Exception {
        Path scratch = guest.file("scratch");
        JobFuture<Void> backup = domain.disks()
                .backup(new BackupSpec(BackupSpec.Mode.PULL, Map.of("vda", scratch)), LONG);
        await().until(() -> daemon.virsh("domjobinfo", domain.name()).contains("Backup"));
        assertThat(Lab.beside(domain))
                .containsExactlyInAnyOrder(QUERY, DESTROY, SUSPEND, MODIFY, ABORT);
        domain.suspend(LONG);
        domain.resume(LONG);
        assertThat(lab.control().abort(backup.id(), LONG)).isEqualTo(AbortResult.ENDED);
        backup.await();
        assertThat(lab.ended(backup).outcome()).contains(JobOutcome.COMPLETED);
        assertThat(daemon.virsh("domjobinfo", domain.name())).contains("None");
    }

    @Test
    void copy_pivoted_isUsedFromThenOn() throws Exception {
        Path copy = guest.file("copy");
        domain.disks().copy("vda", new BlockCopySpec(copy, "raw", true), LONG).await();
        assertThat(domain.definition()).contains(copy.toString());
        assertThat(Files.mismatch(copy, guest.disk())).isEqualTo(-1);
    }

    @Test
    void copy_aborted_leavesTheOldImage() throws Exception {
        Path copy = guest.file("copy");
        JobFuture<Void> mirror = slowly(copy);
        assertThat(Lab.beside(domain))
                .containsExactlyInAnyOrder(QUERY, DESTROY, SUSPEND, MODIFY, ABORT);
        await().until(() ->
                lab.control().job(mirror.id()).orElseThrow().progress().disk().total() == 64 * MIB);
        lab.control().abort(mirror.id(), LONG);
        assertThatThrownBy(mirror::await).isInstanceOf(JobAbortedException.class);
        assertThat(domain.definition()).doesNotContain(copy.toString());
    }

    /** Mirrors a disk, and slows that down while it runs. */
    private JobFuture<Void> slowly(Path copy) throws Exception {
        JobFuture<Void> mirror;
        try (var holder = domain.jobs().begin(MODIFY, "holder")) {
            mirror = domain.disks().copy("vda", new BlockCopySpec(copy, "raw", false), LONG);
            lab.admin().bandwidth(mirror.id(), MIB);
        }
        await().until(() ->
                daemon.virsh("blockjob", domain.name(), "vda", "--info").contains("Block Copy"));
        return mirror;
    }

    @Test
    void commit_ofAnOverlay_endsOnTheImageBelow() throws Exception {
        domain.snapshots().create(SnapshotSpec.disksOnly("three"), LONG).await();
        assertThat(domain.definition()).contains(".three'");
        domain.disks().commit("vda", LONG).await();
        assertThat(source(domain)).isEqualTo(guest.disk().toString());
    }

    @Test
    void pull_ofABackingImage_leavesTheDiskOnItsOwn() throws Exception {
        domain.snapshots().create(SnapshotSpec.disksOnly("four"), LONG).await();
        domain.disks().pull("vda", LONG).await();
        assertThat(source(domain)).endsWith(".four");
        assertThat(daemon.virsh("domblklist", domain.name())).contains(".four");
        assertThat(domain.definition()).doesNotContain("<source file='" + guest.disk());
    }

    private static String source(Domain domain) throws DomainException {
        return Xml.element(Xml.parse(domain.definition()), "devices", "disk", "source")
                .orElseThrow()
                .getAttribute("file");
    }

    // ---- saving and ending ----------------------------------------------------------------------

    @Test
    void managedSave_started_goesOn() throws Exception {
        domain.managedSave(LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.start(LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void save_restored_isAsItWas() throws Exception {
        Path file = guest.file("saved");
        domain.suspend(LONG);
        domain.save(file, LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThatThrownBy(() -> domain.restore(guest.disk(), LONG).await())
                .hasMessageContaining("is no saved domain");
        domain.restore(file, LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        assertThatThrownBy(() -> domain.save(file, LONG).await())
                .hasMessageContaining("exists already");
    }

    @Test
    void destroy_gracefully_endsTheGuest() throws Exception {
        domain.destroyGracefully(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThatThrownBy(() -> domain.destroyGracefully(LONG))
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason())
                                .isEqualTo(DomainException.Reason.INVALID_STATE));
    }

    @Test
    void device_attachedAndDetached_isInTheDefinition() throws Exception {
        Path extra = Files.write(guest.file("extra"), new byte[1 << 20]);
        String device = "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                + "<source file='" + extra + "'/><target dev='vdb' bus='virtio'/></disk>";
        domain.attachDevice(device, LONG);
        assertThat(domain.definition()).contains(extra.toString());
        // a guest without a system never lets go of a device: the one of the next start does
        domain.destroy(LONG);
        assertThat(domain.definition()).doesNotContain(extra.toString());
        domain.attachDevice(device, LONG);
        assertThat(domain.definition()).contains(extra.toString());
        domain.detachDevice(device, LONG);
        assertThat(domain.definition()).doesNotContain(extra.toString());
        assertThatThrownBy(() -> domain.attachDevice("<nonsense/>", LONG))
                .isInstanceOf(DomainException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void vcpus_moreThanDefined_areRefused() throws Exception {
        domain.setVcpus(1, LONG);
        assertThatThrownBy(() -> domain.setVcpus(2, LONG)).isInstanceOf(DomainException.class);
        assertThat(domain.query(LONG).vcpus()).isEqualTo(1);
        domain.reboot(ShutdownMode.ACPI, LONG);
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void save_interrupted_isAborted() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("interrupted"))) {
            FutureTask<Throwable> save = new FutureTask<>(() -> {
                try (AsyncJob job = domain.jobs().beginAsync(DomainOperation.SAVE)) {
                    return catchThrowable(() -> domain.save(pipe.path(), job));
                }
            });
            Thread thread = new Thread(save);
            thread.start();
            pipe.awaitWriter();
            thread.interrupt();
            // once more, and only to know that the first one has reached libvirt
            lab.control().abort(domain.jobs().info().async().orElseThrow().id(), Duration.ZERO);
            pipe.drain();
            assertThat(save.get()).isInstanceOf(InterruptedException.class);
        }
        await().until(() -> domain.state() == DomainState.RUNNING);
        assertThat(domain.jobs().info().async()).isEmpty();
    }

    @Test
    void query_ofAll_tellsWhatLibvirtKnows() throws Exception {
        assertThat(domain.screenshot(0, LONG).image().remaining()).isPositive();
        assertThat(domain.statistics(EnumSet.allOf(StatisticsGroup.class), LONG).values())
                .containsKeys("balloon.current", "block.0.rd.bytes", "vcpu.current", "cpu.time");
        domain.setMemory(96 * MIB, LONG);
        domain.reset(LONG);
        domain.shutdown(ShutdownMode.ACPI, LONG);
        assertThatThrownBy(() -> domain.agentCommand("{\"execute\":\"guest-ping\"}", LONG, LONG))
                .isInstanceOf(DomainException.class)
                .hasMessageContaining("agent");
    }
}
