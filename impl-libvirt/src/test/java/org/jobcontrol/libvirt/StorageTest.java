package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools and volumes of a real libvirt, whoever moves the bytes. */
@Real
@Timeout(120)
class StorageTest {
    private static final int SIZE = (int) (8 * MIB);

    private final Daemon daemon;
    private final Lab lab;

    StorageTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @AfterEach
    void localAgain() {
        lab.localBytes(true);
    }

    private StoragePool pool(String name) throws Exception {
        Path directory = daemon.directory().resolve("pool-" + name);
        StoragePool pool =
                lab.pools().define(new PoolSpec(name, daemon.uri(), directory, Map.of()));
        pool.build(LONG).await();
        pool.start(LONG).await();
        return pool;
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static void upload(StorageVolume volume, byte[] bytes) throws Exception {
        try (VolumeUpload upload = volume.openUpload(0, bytes.length, LONG);
                OutputStream out = Channels.newOutputStream(upload)) {
            new ByteArrayInputStream(bytes).transferTo(out);
        }
    }

    private static byte[] download(StorageVolume volume) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream in = Channels.newInputStream(volume.openDownload(0, SIZE, LONG))) {
            in.transferTo(bytes);
        }
        return bytes.toByteArray();
    }

    private List<String> volumesOfVirsh(String pool) throws Exception {
        return daemon.virsh("vol-list", pool)
                .lines()
                .map(line -> line.strip().split(" +")[0])
                .filter(name -> !name.isEmpty())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void volumes_throughTheirLife_areLibvirtsToo(boolean local) throws Exception {
        lab.localBytes(local);
        String name = local ? "local" : "remote";
        StoragePool pool = pool(name);
        assertThat(daemon.virsh("pool-list", "--name")).contains(name);

        StorageVolume base =
                pool.create(VolumeSpec.allocated("base", SIZE), LONG).await();
        byte[] bytes = bytes();
        upload(base, bytes);
        assertThat(download(base)).isEqualTo(bytes);

        StorageVolume copy = base.cloneTo(pool, "copy", LONG).await();
        StorageVolume thin =
                pool.create(VolumeSpec.qcow2("thin", 2L * SIZE, "base"), LONG).await();
        assertThat(download(copy)).isEqualTo(bytes);
        assertThat(thin.query(LONG).format()).isEqualTo("qcow2");
        assertThat(volumesOfVirsh(name)).containsExactlyInAnyOrder("base", "copy", "thin");
        assertThat(daemon.virsh("vol-dumpxml", "thin", name)).contains("<backingStore>");

        copy.resize(2L * SIZE, LONG).await();
        assertThat(daemon.virsh("vol-info", "copy", name, "--bytes"))
                .contains(Long.toString(2L * SIZE));
        copy.wipe(WipeAlgorithm.ZERO, LONG).await();
        assertThat(download(copy)).containsOnly(0);
        thin.delete(LONG);
        assertThat(volumesOfVirsh(name)).containsExactlyInAnyOrder("base", "copy");
        assertThatThrownBy(() -> pool.create(VolumeSpec.sparse("base", 1), LONG).await())
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.EXISTS));

        base.delete(LONG);
        copy.delete(LONG);
        pool.stop(LONG);
        pool.delete(LONG);
        pool.undefine(LONG);
        assertThat(daemon.virsh("pool-list", "--all", "--name")).doesNotContain(name);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void delete_ofAVolumeThatOthersLieOn_isRefused(boolean local) throws Exception {
        lab.localBytes(local);
        StoragePool pool = pool("chain-" + local);
        StorageVolume base =
                pool.create(VolumeSpec.allocated("base", SIZE), LONG).await();
        StorageVolume thin =
                pool.create(VolumeSpec.qcow2("thin", SIZE, "base"), LONG).await();
        assertInUse(base).hasMessageContaining("thin");
        assertThat(volumesOfVirsh(pool.name())).contains("base");
        thin.delete(LONG);
        base.delete(LONG);
        assertThat(volumesOfVirsh(pool.name())).isEmpty();
    }

    @Test
    void delete_ofAVolumeThatAGuestUses_isRefused() throws Exception {
        StoragePool pool = pool("guests");
        Guest guest = Guest.make(pool.path(), "user", 32 * MIB, false);
        pool.refresh(LONG).await();
        Domain domain = guest.run(lab.domains());
        StorageVolume disk = pool.volume("user.raw").orElseThrow();
        assertInUse(disk);
        domain.destroy(LONG);
        domain.undefine(LONG);
        disk.delete(LONG);
        assertThat(volumesOfVirsh("guests")).doesNotContain("user.raw");
    }

    private static AbstractThrowableAssert<?, ?> assertInUse(StorageVolume volume) {
        return assertThatThrownBy(() -> volume.delete(LONG))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.IN_USE));
    }

    @Test
    void clone_here_isWatchedAndAborted() throws Exception {
        StoragePool pool = pool("watched");
        StorageVolume base =
                pool.create(VolumeSpec.full("base", 4L * SIZE), LONG).await();
        JobFuture<StorageVolume> copy;
        try (Job holder = pool.jobs().begin(JobType.MODIFY, "holder", LONG)) {
            copy = base.cloneTo(pool, "copy", LONG);
            lab.admin().bandwidth(copy.id(), MIB);
        }
        await().untilAsserted(() -> {
            JobInfo job = lab.control().job(copy.id()).orElseThrow();
            assertThat(job.progress().data().processed())
                    .as("%s %s", job.error(), job.toText())
                    .isPositive();
        });
        assertThat(lab.control().abort(copy.id(), LONG)).isEqualTo(AbortResult.ENDED);
        assertThatThrownBy(copy::await).isInstanceOf(JobAbortedException.class);
        pool.refresh(LONG).await();
        assertThat(volumesOfVirsh("watched")).containsExactly("base");
    }

    @Test
    void refresh_whileLibvirtBuilds_waits() throws Exception {
        lab.localBytes(false);
        StoragePool pool = pool("waits");
        StorageVolume base =
                pool.create(VolumeSpec.allocated("base", 16L * SIZE), LONG).await();
        JobFuture<StorageVolume> copy = base.cloneTo(pool, "copy", LONG);
        JobFuture<Void> refresh = pool.refresh(LONG);
        refresh.await();
        assertThat(lab.control().job(copy.id()).orElseThrow().ended()).isPresent();
    }

    @Test
    void upload_closedEarly_isEndedInLibvirt() throws Exception {
        lab.localBytes(false);
        StoragePool pool = pool("streams");
        StorageVolume base =
                pool.create(VolumeSpec.allocated("base", SIZE), LONG).await();
        VolumeUpload upload = base.openUpload(0, SIZE, LONG);
        upload.write(ByteBuffer.wrap(bytes(), 0, 1024));
        long job = base.jobs().info().async().orElseThrow().id();
        assertThat(lab.control().abort(job, LONG)).isEqualTo(AbortResult.ENDED);
        assertThatThrownBy(upload::close).isInstanceOf(Exception.class);
        // as the directory driver does: a part of the bytes is there, and the volume says so
        assertThat(base.info().state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
        pool.refresh(LONG).await();
        assertThat(pool.volume("base").orElseThrow().info().state())
                .isEqualTo(VolumeState.PARTLY_WRITTEN);
        base.upload(new ByteArrayInputStream(bytes()), LONG).await();
        assertThat(base.query(LONG).state()).isEqualTo(VolumeState.INTACT);
        base.delete(LONG);
    }

    @Test
    void poolsOfAnother_comeAndGo() throws Exception {
        Path directory = Files.createDirectory(daemon.directory().resolve("theirs"));
        Files.write(directory.resolve("one"), new byte[1024]);
        daemon.virsh("pool-create-as", "theirs", "dir", "--target", directory.toString());
        await().until(() -> lab.pools().find("theirs").isPresent());
        StoragePool pool = lab.pools().find("theirs").orElseThrow();
        assertThat(pool.state()).isEqualTo(PoolState.ACTIVE);
        assertThat(pool.volume("one")).isPresent();
        daemon.virsh("pool-destroy", "theirs");
        await().until(() ->
                lab.pools().list().stream().noneMatch(other -> other.name().equals("theirs")));
        assertThatThrownBy(() -> pool.refresh(LONG).await())
                .hasCauseInstanceOf(StorageException.class);
    }
}
