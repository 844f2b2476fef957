package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A volume whose upload or wipe a crash interrupted is shown as what it is after the restart. */
@Real
@Timeout(60)
class VolumeRecoveryTest {
    private static final String VOLUME = "half";

    private final Daemon daemon;
    private PoolSpec pool;
    private Hypervisor hypervisor;

    /** With the lab: the event loop runs before the first connection. */
    VolumeRecoveryTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        assertThat(lab.pools()).isNotNull();
    }

    @BeforeEach
    void connect() throws Exception {
        Path directory = Files.createDirectory(daemon.directory().resolve("interrupted"));
        Files.write(directory.resolve(VOLUME), new byte[(int) MIB]);
        daemon.virsh("pool-create-as", "interrupted", "dir", "--target", directory.toString());
        pool = new PoolSpec("interrupted", daemon.uri(), directory, Map.of());
        hypervisor = Hypervisor.connect(Libvirt.load(), daemon.uri());
    }

    @AfterEach
    void close() throws Exception {
        hypervisor.close();
        daemon.virsh("vol-delete", VOLUME, "interrupted");
        daemon.virsh("pool-destroy", "interrupted");
        Files.delete(pool.path());
    }

    /** A driver of a new process, which has no marks of the last one. */
    private LibvirtPools driver(Optional<StorageDriver> directories) throws Exception {
        return new LibvirtPools(hypervisor, () -> directories, new VolumeMarks());
    }

    private static InterruptedJob interrupted(String operation) {
        return (InterruptedJob) Proxy.newProxyInstance(
                InterruptedJob.class.getClassLoader(),
                new Class<?>[] {InterruptedJob.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "operation" -> operation;
                    case "attributes" -> Map.of();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @ParameterizedTest
    @CsvSource({
        "VOLUME_UPLOAD, PARTLY_WRITTEN",
        "VOLUME_WIPE, PARTLY_WIPED",
        "VOLUME_RESIZE, INTACT"
    })
    void recover_ofWorkThatLibvirtDid_marksTheVolume(String operation, VolumeState state)
            throws Exception {
        LibvirtPools driver = driver(Optional.empty());
        Recovery recovery = driver.recover(pool, VOLUME, interrupted(operation));
        assertThat(recovery.outcome()).isEqualTo(JobOutcome.ORPHANED);
        assertThat(driver.volumes(pool)).extracting(VolumeInfo::state).containsExactly(state);
    }

    @Test
    void recover_ofAnUploadOfOurs_isTheDirectoryDrivers() throws Exception {
        LibvirtPools driver = driver(Optional.of(new DirectoryDriver((Path) null)));
        Recovery recovery = driver.recover(pool, VOLUME, interrupted("VOLUME_UPLOAD"));
        assertThat(recovery.detail()).doesNotContain("recovers no jobs").doesNotContain("libvirt");
        assertThat(recovery.outcome()).isNotNull();
    }
}
