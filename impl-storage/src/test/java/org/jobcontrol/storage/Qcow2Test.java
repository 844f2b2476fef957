package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes in the format that qemu-img knows. */
@Timeout(120)
class Qcow2Test {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

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

    @Test
    void create_isAnImageOfThatSize() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.qcow2("a.qcow2", 10L << 30), LONG).await();
        assertThat(volume.info().format()).isEqualTo("qcow2");
        assertThat(volume.info().capacity()).isEqualTo(10L << 30);
        assertThat(volume.info().allocation()).isLessThan(MIB);
        assertThat(QemuTools.output("qemu-img", "info", volume.path().toString()))
                .contains("file format: qcow2")
                .contains("10 GiB");
        pool.refresh(LONG).await();
        assertThat(pool.volume("a.qcow2").orElseThrow().info().capacity()).isEqualTo(10L << 30);
    }

    @Test
    void create_onAnother_holdsThatOne() throws Exception {
        StorageVolume base = volume(pool, "base.img", MIB);
        StorageVolume top = pool.create(VolumeSpec.qcow2("top.qcow2", MIB, "base.img"), LONG)
                .await();
        assertThat(QemuTools.output("qemu-img", "info", top.path().toString()))
                .contains("backing file: " + base.path())
                .contains("backing file format: raw");
        assertThatThrownBy(() -> pool.create(VolumeSpec.qcow2("no.qcow2", 1, "none"), LONG)
                        .await())
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("images/none");
        assertThat(files(directory)).containsExactly("base.img", "top.qcow2");
        assertIdle(base.jobs());
    }

    @Test
    void clone_toAnotherFormatAndBack_isTheSame() throws Exception {
        StorageVolume raw = volume(pool, "a.img", 3 * MIB);
        StorageVolume image = raw.cloneTo(pool, spec("a.qcow2", "qcow2"), LONG).await();
        assertThat(image.info().capacity()).isEqualTo(3 * MIB);
        StorageVolume copy = image.cloneTo(pool, "b.qcow2", LONG).await();
        assertThat(copy.info().format()).isEqualTo("qcow2");
        StorageVolume back = copy.cloneTo(pool, spec("b.img", "raw"), LONG).await();
        assertThat(Files.mismatch(raw.path(), back.path())).isEqualTo(-1);
    }

    @Test
    void resize_changesWhatTheImageStandsFor() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.qcow2("a.qcow2", MIB), LONG).await();
        volume.resize(5L * MIB, LONG).await();
        assertThat(volume.info().capacity()).isEqualTo(5L * MIB);
        volume.shrink(2L * MIB, LONG).await();
        assertThat(volume.info().capacity()).isEqualTo(2L * MIB);
    }

    @Test
    void clone_aborted_endsTheChildAndLeavesNothing() throws Exception {
        StorageVolume raw = volume(pool, "a.img", 512 * MIB);
        JobFuture<StorageVolume> clone = raw.cloneTo(pool, spec("b.qcow2", "qcow2"), LONG);
        await().until(() -> children().findAny().isPresent());
        clone.cancel();
        assertThatThrownBy(clone::await).isInstanceOf(JobAbortedException.class);
        assertThat(children()).isEmpty();
        assertThat(files(directory)).containsExactly("a.img");
    }

    @Test
    void clone_paused_stopsTheChild() throws Exception {
        StorageVolume raw = volume(pool, "a.img", 512 * MIB);
        JobFuture<StorageVolume> clone = raw.cloneTo(pool, spec("b.qcow2", "qcow2"), LONG);
        await().until(() -> children().findAny().isPresent());
        storage.engine.admin().pause(clone.id());
        await().until(() ->
                storage.control.job(clone.id()).orElseThrow().state() == JobState.PAUSED);
        assertThat(children().map(Qcow2Test::state)).containsOnly('T');
        storage.engine.admin().resume(clone.id());
        clone.await();
    }

    private static Stream<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").contains("qemu-img"));
    }

    /** Returns the state that the kernel shows for a process; T is a stopped one. */
    private static char state(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            // behind the name, which may contain anything
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void image_thatReadsFromElsewhere_isNotUsed() throws Exception {
        Path secret = Files.writeString(directory.resolveSibling("secret"), "s".repeat(4096));
        Path hostile = directory.resolve("hostile.qcow2");
        QemuTools.output(
                "qemu-img",
                "create",
                "-f",
                "qcow2",
                "-b",
                secret.toString(),
                "-F",
                "raw",
                hostile.toString());
        pool.refresh(LONG).await();
        StorageVolume volume = pool.volume("hostile.qcow2").orElseThrow();
        JobFuture<StorageVolume> clone = volume.cloneTo(pool, spec("b.img", "raw"), LONG);
        assertThatThrownBy(clone::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("which is not in its directory");
        assertThat(files(directory)).containsExactly("hostile.qcow2");
        Files.delete(secret);
    }

    /** In a JVM that finds no program at all. */
    @Test
    void tool_thatIsMissing_isNamedWithItsPackage() throws Exception {
        assertThat(inAnotherJvm(WithoutTool.class, "/nowhere"))
                .contains("UNSUPPORTED volume other/a.qcow2: ")
                .contains("package qemu-utils")
                .contains("[]");
    }

    /** In a JVM that finds a tool which never ends, whatever it is asked. */
    @Test
    void tool_thatHangs_keepsNobodyFromAnything(@TempDir Path tools) throws Exception {
        Path tool = Files.writeString(tools.resolve("qemu-img"), "#!/bin/sh\nsleep 1000\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        QemuTools.image(directory.resolve("found.qcow2"));
        String path = tools + ":" + System.getenv("PATH");
        assertThat(inAnotherJvm(WithHangingTool.class, path))
                .contains("started with [volume other/found.qcow2]")
                .contains("aborted: ENDED")
                .contains("stopped by force: [VOLUME_CREATE]")
                .contains("released: the future has failed")
                .contains("[found.qcow2]");
    }

    private String inAnotherJvm(Class<?> main, String path) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        directory.toString())
                .redirectErrorStream(true);
        builder.environment().put("PATH", path);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Gets on with a tool that hangs. */
    static final class WithHangingTool {
        private WithHangingTool() {}

        public static void main(String[] arguments) throws Exception {
            Path place = Path.of(arguments[0]);
            try (StorageFixture storage = new StorageFixture()) {
                StoragePool pool = storage.pool("other", place);
                System.out.println("started with " + pool.volumes());
                JobFuture<StorageVolume> create = begun(storage, pool, "a.qcow2");
                System.out.println("aborted: " + storage.control.abort(create.id(), LONG));
                begun(storage, pool, "b.qcow2");
                System.out.println("stopped by force: "
                        + pool.forceStop(LONG).stream()
                                .map(JobInfo::operation)
                                .filter(name -> name.startsWith("VOLUME"))
                                .toList());
                pool.start(LONG).await();
                JobFuture<StorageVolume> held = begun(storage, pool, "c.qcow2");
                storage.engine.admin().release(held.id(), "it hangs");
                held.handle((volume, failure) -> failure)
                        .toCompletableFuture()
                        .get(LONG.toSeconds(), TimeUnit.SECONDS);
                System.out.println("released: the future has failed");
                await().until(() -> files(place).size() == 1);
                System.out.println(files(place));
            }
        }

        /** Returns a creation that waits for the tool. */
        private static JobFuture<StorageVolume> begun(
                StorageFixture storage, StoragePool pool, String name) {
            JobFuture<StorageVolume> create = pool.create(VolumeSpec.qcow2(name, MIB), LONG);
            await().until(() -> children() > 0);
            return create;
        }

        private static long children() {
            return ProcessHandle.current().children().count();
        }
    }

    /** Tries to make an image, and says how that went and what is left. */
    static final class WithoutTool {
        private WithoutTool() {}

        public static void main(String[] arguments) throws Exception {
            Path place = Path.of(arguments[0]);
            try (StorageFixture storage = new StorageFixture()) {
                StoragePool pool = storage.pool("other", place);
                pool.create(VolumeSpec.qcow2("a.qcow2", MIB), LONG).await();
            } catch (ExecutionException e) {
                StorageException failure = (StorageException) e.getCause();
                System.out.println(failure.reason() + " " + failure.getMessage());
                System.out.println(files(place));
            }
        }
    }

    @Test
    void image_thatIsDamaged_failsWithWhatTheToolSays() throws Exception {
        byte[] begin = {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 9};
        Files.write(directory.resolve("bad.qcow2"), begin);
        pool.refresh(LONG).await();
        StorageVolume volume = pool.volume("bad.qcow2").orElseThrow();
        assertThatThrownBy(() -> volume.cloneTo(pool, "b.qcow2", LONG).await())
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("qemu-img cannot open it: it ends after 8 bytes");
        assertThat(files(directory)).containsExactly("bad.qcow2");
        assertIdle(pool.jobs());
    }
}
