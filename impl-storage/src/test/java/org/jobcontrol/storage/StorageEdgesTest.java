package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.directory.TestMarks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sizes, states and directory entries at the edge of what there is. */
@Timeout(120)
class StorageEdgesTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    private Path directory;

    private StoragePool pool;

    @BeforeEach
    void startPool() throws Exception {
        pool = storage.pool("images", directory);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    // ---- sizes ----------------------------------------------------------------------------------

    /** The largest file of ext4 with blocks of 4 KiB. */
    @Test
    void largestFile_isCreatedClonedResizedAndTrimmed() throws Exception {
        long largest = 17_592_186_040_320L;
        try (RandomAccessFile probe =
                new RandomAccessFile(directory.resolve("probe").toFile(), "rw")) {
            probe.setLength(largest);
        } catch (IOException e) {
            Assumptions.abort("the file system has no file of " + largest + " bytes");
        }
        Files.delete(directory.resolve("probe"));
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", largest), LONG).await();
        assertThat(Files.size(volume.path())).isEqualTo(largest);
        StorageVolume copy = volume.cloneTo(pool, "b.img", LONG).await();
        assertThat(Files.size(copy.path())).isEqualTo(largest);
        volume.wipe(WipeAlgorithm.TRIM, LONG).await();
        assertThat(Files.size(volume.path())).isEqualTo(largest);
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
        StorageVolume small = pool.create(VolumeSpec.sparse("c.img", 1), LONG).await();
        small.resize(largest, LONG).await();
        assertThat(Files.size(small.path())).isEqualTo(largest);
    }

    @Test
    void trim_leavesZerosAndTheSize() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 3 * MIB + 5);
        volume.wipe(WipeAlgorithm.TRIM, LONG).await();
        assertThat(Files.readAllBytes(volume.path())).isEqualTo(new byte[3 * MIB + 5]);
        StorageVolume empty = pool.create(VolumeSpec.sparse("b.img", 0), LONG).await();
        empty.wipe(WipeAlgorithm.TRIM, LONG).await();
        assertThat(empty.path()).isEmptyFile();
    }

    @Test
    void rawVolume_thatNoImageCanHold_isNotConverted() throws Exception {
        QemuTools.assumeInstalled();
        StorageVolume volume = volume(pool, "a.img", 1);
        JobFuture<StorageVolume> image =
                volume.cloneTo(pool, new VolumeSpec("a.qcow2", "qcow2", 0, 0, Map.of()), LONG);
        assertThatThrownBy(image::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.UNSUPPORTED))
                .hasMessageContaining("it has 1 bytes, and a copy in qcow2 would have more");
        assertThat(files(directory)).containsExactly("a.img");
    }

    // ---- states ---------------------------------------------------------------------------------

    /** Returns a volume that is marked as after an aborted wipe. */
    private StorageVolume partlyWiped() throws Exception {
        StorageVolume volume = volume(pool, "a.img", MIB);
        TestMarks.partlyWiped(volume.path());
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WIPED);
        return volume;
    }

    @Test
    void partlyWipedVolume_isIntactOnlyWhenAllOfItWasWritten() throws Exception {
        StorageVolume volume = partlyWiped();
        volume.upload(InputStream.nullInputStream(), LONG).await();
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WIPED);
        volume.upload(new ByteArrayInputStream(new byte[10]), LONG).await();
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WIPED);
        try (VolumeUpload upload = volume.openUpload(1, MIB - 1, LONG)) {
            upload.write(ByteBuffer.allocate(MIB - 1));
        }
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WIPED);
        volume.upload(new ByteArrayInputStream(new byte[MIB]), LONG).await();
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
    }

    @Test
    void intactVolume_isIntactAfterPartOfItWasWritten() throws Exception {
        StorageVolume volume = volume(pool, "a.img", MIB);
        try (VolumeUpload upload = volume.openUpload(100, 50, LONG)) {
            upload.write(ByteBuffer.allocate(20));
            assertThat(Files.readAllBytes(volume.path())).startsWith(1, 2, 3);
            upload.write(ByteBuffer.allocate(30));
        }
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
    }

    @Test
    void uploadOfAKnownLength_countsUpToIt() throws Exception {
        StorageVolume volume = volume(pool, "a.img", MIB);
        PipedOutputStream source = new PipedOutputStream();
        JobFuture<Long> upload = volume.upload(new PipedInputStream(source), 1000, LONG);
        source.write(new byte[400]);
        await().atMost(LONG)
                .until(
                        () -> volume.jobs()
                                .info()
                                .async()
                                .map(job -> job.progress().data())
                                .filter(data -> data.processed() == 400),
                        Optional::isPresent)
                .ifPresent(data -> assertThat(data.total()).isEqualTo(1000));
        source.write(new byte[600]);
        source.close();
        assertThat(upload.await()).isEqualTo(1000);
    }

    @Test
    void uploadOfAKnownLength_tooLong_leavesTheVolumeAsItIs() throws Exception {
        StorageVolume volume = volume(pool, "a.img", MIB);
        byte[] before = Files.readAllBytes(volume.path());
        JobFuture<Long> upload =
                volume.upload(new ByteArrayInputStream(new byte[MIB + 1]), MIB + 1L, LONG);
        assertThatThrownBy(upload::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.NO_SPACE));
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
        assertThat(Files.readAllBytes(volume.path())).isEqualTo(before);
        assertThatThrownBy(() -> volume.upload(InputStream.nullInputStream(), -1, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("negative length: -1");
    }

    @Test
    void uploadOfADirectory_marksNothing() throws Exception {
        StorageVolume volume = volume(pool, "a.img", MIB);
        JobFuture<Long> upload = volume.upload(Files.newInputStream(directory), LONG);
        assertThatThrownBy(upload::await).cause().hasMessageContaining("the upload failed");
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
        volume.openUpload(0, 0, LONG).close();
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
    }

    @Test
    void newFile_inThePlaceOfAMarkedVolume_isIntact() throws Exception {
        StorageVolume volume = partlyWiped();
        StorageVolume copy = volume.cloneTo(pool, "b.img", LONG).await();
        assertThat(copy.info().state()).isEqualTo(VolumeState.PARTLY_WIPED);
        Files.delete(volume.path());
        Files.write(volume.path(), new byte[MIB]);
        pool.refresh(LONG).await();
        StorageVolume whole = pool.volume("a.img").orElseThrow();
        assertThat(whole.info().state()).isEqualTo(VolumeState.INTACT);
        assertThat(whole.cloneTo(pool, "c.img", LONG).await().info().state())
                .isEqualTo(VolumeState.INTACT);
    }

    // ---- entries of the directory ---------------------------------------------------------------

    /** A path of more than PATH_MAX bytes cannot be looked at, though its directory lists it. */
    @Test
    void entry_thatCannotBeLookedAt_isLeftOut(@TempDir Path home) throws Exception {
        Path deep = home.toRealPath();
        while (deep.toString().length() < 3600) {
            deep = deep.resolve("d".repeat(200));
        }
        Files.createDirectories(deep);
        deep = deep.resolve("e".repeat(Math.min(250, 3990 - deep.toString().length())));
        Files.createDirectories(deep);
        String name = "n".repeat(250);
        within(deep, ": >" + name);
        try {
            Files.writeString(deep.resolve("a.img"), "a");
            StoragePool far = storage.pool("deep", deep);
            assertThat(far.volumes()).extracting(StorageVolume::name).containsExactly("a.img");
            far.refresh(LONG).await();
            assertThat(far.volumes()).hasSize(1);
        } finally {
            within(deep, "rm " + name);
        }
    }

    /** Runs a command that names files by relative paths, which are short enough. */
    private static void within(Path directory, String command) throws Exception {
        Process shell = new ProcessBuilder("/bin/sh", "-c", command)
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void directory_withTheNameOfAPart_doesNotKeepThePoolFromStarting() throws Exception {
        pool.stop(LONG);
        Path odd = Files.createDirectory(directory.resolve(".jobcontrol-7-9.part"));
        Files.writeString(odd.resolve("inside"), "stays");
        Files.writeString(directory.resolve("a.img"), "a");
        pool.start(LONG).await();
        assertThat(pool.volumes()).extracting(StorageVolume::name).containsExactly("a.img");
        assertThat(odd.resolve("inside")).hasContent("stays");
    }

    // ---- another process on the same directory --------------------------------------------------

    @Test
    void start_besideAProcessThatClones_leavesItsPart() throws Exception {
        volume(pool, "a.img", 8 * MIB);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Cloning.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = new BufferedReader(
                new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("clones");
            pool.stop(LONG);
            pool.start(LONG).await();
            assertThat(files(directory)).hasSize(3).anyMatch(name -> name.endsWith(".part"));
            other.getOutputStream().write('\n');
            other.getOutputStream().flush();
            assertThat(output.readLine()).isEqualTo("cloned");
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
        pool.refresh(LONG).await();
        assertThat(directory.resolve("b.img")).hasSameBinaryContentAs(directory.resolve("a.img"));
        assertThat(files(directory)).containsExactly("a.img", "b.img");
    }

    /** Begins a clone, and goes on with it when a byte comes in. */
    static final class Cloning {
        private Cloning() {}

        public static void main(String[] arguments) throws Exception {
            try (StorageFixture storage = new StorageFixture()) {
                StoragePool pool = storage.pool("images", Path.of(arguments[0]));
                JobFuture<StorageVolume> clone =
                        pool.volume("a.img").orElseThrow().cloneTo(pool, "b.img", LONG);
                storage.engine.admin().bandwidth(clone.id(), 1);
                while (files(Path.of(arguments[0])).size() < 3) {
                    Thread.onSpinWait();
                }
                System.out.println("clones");
                int unused = System.in.read();
                storage.engine.admin().bandwidth(clone.id(), 0);
                clone.await();
                System.out.println("cloned");
            }
        }
    }
}
