package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input and faults: a typed error that names the value, nothing half-made, nothing held. */
@Timeout(120)
class StorageFaultsTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

    private StoragePool pool;

    @BeforeEach
    void startPool() throws Exception {
        pool = storage.pool("images", directory);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private static void assertFails(ThrowingCallable call, Reason reason, String message) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.reason()).isEqualTo(reason));
            assertThat(failure).hasMessageContaining(message);
        });
    }

    // ---- bad input ------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "/", "a/b", "../a", "-rf", "a\0b", "a\nb", "a\\b"})
    void name_hostile_isRefused(String name) {
        assertThatThrownBy(() -> VolumeSpec.sparse(name, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad volume name")
                .hasMessageContaining("'" + name + "'");
        assertThatThrownBy(() -> PoolSpec.directory(name, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad pool name");
    }

    @Test
    void name_tooLongInBytes_isRefused() throws Exception {
        String longest = "ü".repeat(127);
        assertThatThrownBy(() -> VolumeSpec.sparse(longest + "ü", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("over 255 bytes");
        pool.create(VolumeSpec.sparse(longest, 1), LONG).await();
        assertThat(pool.volume(longest)).isPresent();
    }

    @Test
    void cloneTo_hostileName_isRefusedAtOnce() throws Exception {
        StorageVolume source = volume(pool, "a.img", 1);
        assertThatThrownBy(() -> source.cloneTo(pool, "../b", LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'../b'");
        assertThatThrownBy(() -> source.cloneTo(pool, "a.img", LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot become a copy of itself");
        assertIdle(source.jobs());
    }

    @Test
    void size_outOfRange_isNamed() {
        assertThatThrownBy(() -> VolumeSpec.sparse("a.img", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity is -1 bytes");
        assertThatThrownBy(() -> new VolumeSpec("a.img", "raw", 1, 2, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allocation is 2 bytes of 1");
    }

    @Test
    void create_largestNumber_failsAndLeavesNothing() throws Exception {
        JobFuture<StorageVolume> future =
                pool.create(VolumeSpec.sparse("a.img", Long.MAX_VALUE), LONG);
        assertThatThrownBy(future::await).hasRootCauseInstanceOf(IOException.class);
        assertThat(files(directory)).isEmpty();
        assertIdle(pool.jobs());
    }

    @Test
    void create_unknownFormat_isUnsupported() {
        VolumeSpec spec = new VolumeSpec("a.img", "vmdk", 1, 0, Map.of());
        assertFails(
                () -> pool.create(spec, LONG).await(),
                Reason.UNSUPPORTED,
                "'vmdk', neither raw nor qcow2");
    }

    @Test
    void create_nameTaken_keepsWhatIsThere() throws Exception {
        StorageVolume there = volume(pool, "a.img", 10);
        VolumeSpec spec = VolumeSpec.allocated("a.img", MIB);
        assertFails(() -> pool.create(spec, LONG).await(), Reason.EXISTS, "volume images/a.img");
        assertThat(Files.size(there.path())).isEqualTo(10);
        assertThat(files(directory)).containsExactly("a.img");
        assertIdle(there.jobs());
    }

    @Test
    void define_badPools_areNamed(@TempDir Path other) {
        assertFails(
                () -> storage.pools.define(PoolSpec.directory("images", other)),
                Reason.EXISTS,
                "pool images: exists already");
        assertFails(
                () -> storage.pools.define(PoolSpec.directory("second", directory)),
                Reason.EXISTS,
                "pool images has " + directory);
        assertFails(
                () -> storage.pools.define(new PoolSpec("lvm", "logical", other, Map.of())),
                Reason.UNSUPPORTED,
                "no driver for type 'logical', only for [dir]");
    }

    // ---- the world changes ----------------------------------------------------------------------

    @Test
    void start_directoryMissing_staysInactive() throws Exception {
        StoragePool lost =
                storage.pools.define(PoolSpec.directory("lost", directory.resolve("no/where")));
        assertFails(() -> lost.start(LONG).await(), Reason.NOT_FOUND, "there is no directory");
        assertThat(lost.state()).isEqualTo(PoolState.INACTIVE);
        assertIdle(lost.jobs());
    }

    @Test
    void operations_poolInactive_areRefused() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 1);
        pool.stop(LONG);
        assertFails(() -> volume.wipe(LONG).await(), Reason.INVALID_STATE, "is not active");
        assertFails(() -> pool.refresh(LONG).await(), Reason.INVALID_STATE, "is not active");
        assertThat(pool.volumes()).isEmpty();
        assertThat(files(directory)).containsExactly("a.img");
        pool.start(LONG).await();
        volume.query(LONG);
    }

    @Test
    void undefine_activeThenStopped_forgetsThePool() throws Exception {
        assertFails(() -> pool.undefine(LONG), Reason.INVALID_STATE, "is active");
        pool.stop(LONG);
        pool.undefine(LONG);
        assertThat(storage.pools.find("images")).isEmpty();
        assertThat(storage.control.objects()).isEmpty();
        assertThatThrownBy(() -> pool.query(LONG))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("pool images is gone");
    }

    @Test
    void operations_volumeVanished_areRefused() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 1);
        Files.delete(volume.path());
        assertFails(() -> volume.query(LONG), Reason.NOT_FOUND, "volume images/a.img");
        assertFails(() -> volume.wipe(LONG).await(), Reason.NOT_FOUND, "no regular file");
        assertFails(
                () -> volume.cloneTo(pool, "b.img", LONG).await(),
                Reason.NOT_FOUND,
                "no regular file");
        assertIdle(volume.jobs());
        assertFails(() -> volume.delete(LONG), Reason.NOT_FOUND, "volume images/a.img");
        assertThat(pool.volumes()).isEmpty();
    }

    @Test
    void refresh_symbolicLink_isNoVolume(@TempDir Path other) throws Exception {
        Path secret = Files.writeString(other.resolve("secret"), "secret");
        Files.createSymbolicLink(directory.resolve("link.img"), secret);
        pool.refresh(LONG).await();
        assertThat(pool.volumes()).isEmpty();
        VolumeSpec spec = VolumeSpec.allocated("link.img", 1);
        assertFails(() -> pool.create(spec, LONG).await(), Reason.EXISTS, "link.img");
        assertThat(secret).hasContent("secret");
    }

    @Test
    void wipe_fileBecameALink_isNotFollowed(@TempDir Path other) throws Exception {
        Path secret = Files.writeString(other.resolve("secret"), "secret");
        StorageVolume volume = volume(pool, "a.img", 6);
        Files.delete(volume.path());
        Files.createSymbolicLink(volume.path(), secret);
        assertFails(() -> volume.wipe(LONG).await(), Reason.NOT_FOUND, "no regular file");
        assertThat(secret).hasContent("secret");
    }

    @Test
    void create_diskFull_deletesThePartAndFails(@TempDir Path mount) throws Exception {
        int mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "none", mount.toString());
        Assumptions.assumeTrue(
                mounted == 0,
                "needs the right to mount a small file system, and mount (package mount)");
        try {
            StoragePool small = storage.pool("small", mount);
            StorageVolume source = volume(pool, "a.img", 8 * MIB);
            JobFuture<StorageVolume> create =
                    small.create(VolumeSpec.allocated("big.img", 8 * MIB), LONG);
            assertFails(create::await, Reason.NO_SPACE, "volume small/big.img");
            assertThat(storage.control
                            .ended(create.id())
                            .toCompletableFuture()
                            .join()
                            .outcome())
                    .contains(JobOutcome.FAILED);
            assertFails(
                    () -> source.cloneTo(small, "copy.img", LONG).await(),
                    Reason.NO_SPACE,
                    "volume small/copy.img");
            assertThat(files(mount)).isEmpty();
            assertThat(small.volumes()).isEmpty();
            assertUploadFails(small);
            assertIdle(small.jobs());
            assertIdle(source.jobs());
            StorageVolume kept = small.volume("thin.img").orElseThrow();
            kept.wipe(WipeAlgorithm.TRIM, LONG).await();
            assertThat(run("mount", "-o", "remount,ro", mount.toString())).isZero();
            assertFails(
                    () -> small.create(VolumeSpec.sparse("b.img", 1), LONG).await(),
                    Reason.IO,
                    "volume small/b.img");
            assertFails(() -> kept.wipe(LONG).await(), Reason.IO, "volume small/thin.img");
            assertFails(() -> kept.delete(LONG), Reason.IO, "volume small/thin.img");
            assertIdle(kept.jobs());
            small.stop(LONG);
        } finally {
            assertThat(run("umount", mount.toString())).isZero();
        }
    }

    /** A sparse volume may be larger than what is left. */
    private static void assertUploadFails(StoragePool small) throws Exception {
        StorageVolume thin =
                small.create(VolumeSpec.sparse("thin.img", 8 * MIB), LONG).await();
        InputStream stream = new ByteArrayInputStream(new byte[8 * MIB]);
        assertFails(
                () -> thin.upload(stream, LONG).await(),
                Reason.NO_SPACE,
                "volume small/thin.img: the upload failed");
        assertThat(thin.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
        VolumeUpload upload = thin.openUpload(0, 8 * MIB, LONG);
        assertThatThrownBy(() -> upload.write(ByteBuffer.allocate(8 * MIB)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("volume small/thin.img");
        assertThatThrownBy(upload::close).isInstanceOf(IOException.class);
        assertIdle(thin.jobs());
    }

    /** Runs a command by a shell, so that one that is not installed fails as others do. */
    private static int run(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("sh", "-c", "\"$0\" \"$@\""));
        all.addAll(List.of(command));
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void start_partsOfTheDead_areDeleted() throws Exception {
        pool.stop(LONG);
        Files.writeString(directory.resolve(".jobcontrol-7-9.part"), "half");
        pool.start(LONG).await();
        assertThat(files(directory)).isEmpty();
    }

    // ---- drivers come and go --------------------------------------------------------------------

    @Test
    void operations_driverAway_goOnWhenItIsBack() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 1);
        JobFuture<Void> waiting;
        try (Job holder = volume.jobs().begin(JobType.MODIFY, "holder")) {
            waiting = volume.wipe(LONG);
            storage.catalog.remove(storage.driver);
            assertThat(pool.state()).isEqualTo(PoolState.NOSTATE);
            assertThat(volume.jobs().info().queue()).hasSize(1);
        }
        assertFails(waiting::await, Reason.UNSUPPORTED, "there is no driver for type 'dir'");
        assertFails(() -> volume.query(LONG), Reason.UNSUPPORTED, "no driver");
        storage.catalog.add(storage.driver, 0);
        VolumeInfo info = volume.query(LONG);
        assertThat(info.capacity()).isEqualTo(1);
        await().untilAsserted(() -> assertIdle(volume.jobs()));
    }
}
