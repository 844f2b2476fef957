package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.storage.directory.TestMarks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that something else needs: a guest, the volumes that lie on them, their own snapshots. */
@Timeout(120)
class VolumesInUseTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    private Path directory;

    private StoragePool pool;

    @BeforeEach
    void startPool() throws Exception {
        QemuTools.assumeInstalled();
        pool = storage.pool("images", directory);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private static VolumeSpec spec(String name, String format) {
        return new VolumeSpec(name, format, 0, 0, Map.of());
    }

    private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                    .hasMessageContaining(message);
        });
    }

    // ---- another process ------------------------------------------------------------------------

    /** A QEMU that has an image open, as a running guest has. */
    private record Guest(Process process) implements AutoCloseable {
        /** Returns when it has the image open. */
        static Guest of(StorageVolume volume, String... options) throws Exception {
            List<String> command = new ArrayList<>(List.of("qemu-io"));
            command.addAll(List.of(options));
            command.addAll(List.of("-f", volume.info().format(), volume.path().toString()));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write("length\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            BufferedReader output = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            assertThat(output.readLine()).contains("MiB");
            return new Guest(process);
        }

        @Override
        public void close() throws Exception {
            process.getOutputStream().close();
            process.waitFor();
        }
    }

    @Test
    void volume_thatAGuestWrites_isNotChangedAndNotCopied() throws Exception {
        for (String format : List.of("raw", "qcow2")) {
            StorageVolume volume = format.equals("raw")
                    ? volume(pool, "a.raw", MIB)
                    : pool.create(VolumeSpec.qcow2("a.qcow2", MIB), LONG).await();
            try (Guest guest = Guest.of(volume)) {
                assertNotChanged(volume);
                String copy = "copy." + format;
                assertRefused(
                        () -> volume.cloneTo(pool, copy, LONG).await(),
                        Reason.IN_USE,
                        "another process");
                assertRefused(
                        () -> pool.create(VolumeSpec.qcow2("o.qcow2", MIB, volume.name()), LONG)
                                .await(),
                        Reason.IN_USE,
                        "another process");
                volume.query(LONG);
                volume.download(new ByteArrayOutputStream(), LONG).await();
            }
            assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
            volume.wipe(LONG).await();
            volume.delete(LONG);
            assertThat(files(directory)).isEmpty();
        }
    }

    @Test
    void shrink_ofAnImageThatAGuestHasOpen_marksNothing() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.qcow2("a.qcow2", 4 * MIB), LONG).await();
        try (Guest guest = Guest.of(volume)) {
            assertRefused(() -> volume.shrink(MIB, LONG).await(), Reason.IN_USE, "another process");
            assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.INTACT);
        }
        volume.shrink(MIB - 1, LONG).await();
        assertThat(volume.info().capacity()).isEqualTo(MIB);
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
        volume.resize(MIB + 1, LONG).await();
        assertThat(volume.info().capacity()).isEqualTo(MIB + 512);
    }

    @Test
    void volume_thatAGuestReads_isNotChangedButCopied() throws Exception {
        StorageVolume volume = volume(pool, "a.raw", MIB);
        try (Guest guest = Guest.of(volume, "-r")) {
            assertNotChanged(volume);
            StorageVolume copy = volume.cloneTo(pool, "copy.raw", LONG).await();
            assertThat(copy.path()).hasSameBinaryContentAs(volume.path());
        }
    }

    private static void assertNotChanged(StorageVolume volume) {
        String message = "another process, such as a running guest, has it open";
        assertRefused(() -> volume.wipe(LONG).await(), Reason.IN_USE, message);
        assertRefused(() -> volume.delete(LONG), Reason.IN_USE, message);
        assertRefused(() -> volume.forceDelete(LONG), Reason.IN_USE, message);
        assertRefused(() -> volume.resize(8L * MIB, LONG).await(), Reason.IN_USE, message);
        assertRefused(
                () -> volume.upload(new ByteArrayInputStream(new byte[1]), LONG).await(),
                Reason.IN_USE,
                message);
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
    }

    // ---- overlays -------------------------------------------------------------------------------

    @Test
    void volume_onWhichOthersLie_isNotChanged() throws Exception {
        StorageVolume base = volume(pool, "base.img", MIB);
        StorageVolume top = pool.create(VolumeSpec.qcow2("top.qcow2", MIB, "base.img"), LONG)
                .await();
        String message = "other volumes of the pool lie on it: top.qcow2";
        assertRefused(() -> base.delete(LONG), Reason.IN_USE, message);
        assertRefused(() -> base.forceDelete(LONG), Reason.IN_USE, message);
        assertRefused(() -> base.wipe(LONG).await(), Reason.IN_USE, message);
        assertRefused(() -> base.shrink(1, LONG).await(), Reason.IN_USE, message);
        assertRefused(
                () -> base.upload(new ByteArrayInputStream(new byte[1]), LONG).await(),
                Reason.IN_USE,
                message);
        assertThat(base.query(LONG).state()).isEqualTo(VolumeState.INTACT);
        base.resize(2L * MIB, LONG).await();
        top.delete(LONG);
        base.delete(LONG);
        assertThat(files(directory)).isEmpty();
    }

    /** However the image names the file: by another path to it, or by a protocol. */
    @Test
    void volume_onWhichOthersLieByAnotherName_isNotChanged() throws Exception {
        StorageVolume base = volume(pool, "base.img", MIB);
        Files.createLink(directory.resolve("link.img"), base.path());
        QemuTools.image(directory.resolve("one.qcow2"), "-b", "link.img", "-F", "raw");
        QemuTools.image(directory.resolve("two.qcow2"), "-b", "file:" + base.path(), "-F", "raw");
        assertRefused(
                () -> base.wipe(LONG).await(),
                Reason.IN_USE,
                "other volumes of the pool lie on it: one.qcow2, two.qcow2");
    }

    @Test
    void delete_interrupted_seesTheOverlaysAllTheSame() throws Exception {
        StorageVolume base = volume(pool, "base.img", MIB);
        pool.create(VolumeSpec.qcow2("top.qcow2", MIB, "base.img"), LONG).await();
        try (Job job = base.jobs().begin(JobType.DESTROY, "delete", LONG)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> base.delete(job)).isInstanceOf(StorageException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(base.path()).exists();
    }

    /** A guest that is started in the middle of an upload is kept out. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has locks of open files")
    void volume_thatIsBeingWritten_cannotBeOpenedByQemu() throws Exception {
        StorageVolume volume = volume(pool, "a.raw", MIB);
        String[] open = {"qemu-io", "-f", "raw", "-c", "length", volume.path().toString()};
        try (VolumeUpload upload = volume.openUpload(0, 1, LONG)) {
            assertThat(QemuTools.output(open)).contains("Failed to");
            upload.write(ByteBuffer.allocate(1));
            assertThat(QemuTools.output(open)).contains("Failed to");
        }
        assertThat(QemuTools.output(open)).contains("1 MiB");
    }

    @Test
    void volume_onOneThatIsNotWhole_isNotWholeEither() throws Exception {
        StorageVolume base = volume(pool, "base.img", MIB);
        TestMarks.partlyWiped(base.path());
        StorageVolume top = pool.create(VolumeSpec.qcow2("top.qcow2", MIB, "base.img"), LONG)
                .await();
        assertThat(top.info().state()).isEqualTo(VolumeState.PARTLY_WIPED);
        StorageVolume copy = top.cloneTo(pool, "copy.qcow2", LONG).await();
        assertThat(copy.info().state()).isEqualTo(VolumeState.PARTLY_WIPED);
    }

    // ---- internal snapshots ---------------------------------------------------------------------

    @Test
    void clone_ofAnImageWithSnapshots_keepsThemOrIsRefused() throws Exception {
        StorageVolume image =
                pool.create(VolumeSpec.qcow2("a.qcow2", MIB), LONG).await();
        QemuTools.output("qemu-img", "snapshot", "-c", "before", image.path().toString());
        StorageVolume copy = image.cloneTo(pool, "b.qcow2", LONG).await();
        assertThat(QemuTools.output("qemu-img", "snapshot", "-l", copy.path().toString()))
                .contains("before");
        assertThat(copy.info().problem()).isNull();
        assertRefused(
                () -> image.cloneTo(pool, spec("c.img", "raw"), LONG).await(),
                Reason.UNSUPPORTED,
                "it has 1 internal snapshots");
        StorageVolume top =
                pool.create(VolumeSpec.qcow2("top.qcow2", MIB, "a.qcow2"), LONG).await();
        QemuTools.output("qemu-img", "snapshot", "-c", "one", top.path().toString());
        assertRefused(
                () -> top.cloneTo(pool, "d.qcow2", LONG).await(),
                Reason.UNSUPPORTED,
                "it has 1 internal snapshots");
        assertThat(files(directory)).containsExactly("a.qcow2", "b.qcow2", "top.qcow2");
    }
}
