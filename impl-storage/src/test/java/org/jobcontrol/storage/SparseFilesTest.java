package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What volumes take of the disk, with what the kernel can do and without. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux tells how much disk a file takes")
class SparseFilesTest {
    private static final long TIB = 1L << 40;

    @TempDir
    Path directory;

    @Test
    void clone_ofEightTebibytesOfHoles_takesWhatIsThere() throws Exception {
        try (StorageFixture storage = new StorageFixture()) {
            StoragePool pool = storage.pool("images", directory);
            StorageVolume volume =
                    pool.create(VolumeSpec.sparse("a.img", 8 * TIB), LONG).await();
            assertThat(volume.info().allocation()).isZero();
            byte[] data = new byte[MIB];
            Arrays.fill(data, (byte) 7);
            try (FileChannel channel = FileChannel.open(volume.path(), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(data), 5 * TIB);
            }
            JobFuture<StorageVolume> clone = volume.cloneTo(pool, "b.img", LONG);
            StorageVolume copy = clone.await();
            assertThat(copy.info().capacity()).isEqualTo(8 * TIB);
            assertThat(copy.info().allocation()).isEqualTo(MIB);
            assertThat(storage.control
                            .ended(clone.id())
                            .toCompletableFuture()
                            .join()
                            .progress()
                            .data()
                            .processed())
                    .isEqualTo(8 * TIB);
            byte[] copied = new byte[MIB];
            try (FileChannel channel = FileChannel.open(copy.path())) {
                channel.read(ByteBuffer.wrap(copied), 5 * TIB);
            }
            assertThat(copied).isEqualTo(data);
        }
    }

    @Test
    void create_allocatedOrFull_takesAllAtOnce() throws Exception {
        try (StorageFixture storage = new StorageFixture()) {
            StoragePool pool = storage.pool("images", directory);
            for (VolumeSpec spec : new VolumeSpec[] {
                VolumeSpec.allocated("a.img", 5 * MIB),
                VolumeSpec.full("b.img", 5 * MIB),
                new VolumeSpec("c.img", "raw", 9 * MIB, 5 * MIB, Map.of())
            }) {
                StorageVolume volume = pool.create(spec, LONG).await();
                assertThat(volume.info().allocation()).isEqualTo(5 * MIB);
                assertThat(Files.size(volume.path())).isEqualTo(spec.capacity());
            }
        }
    }

    /** The same bytes, in a JVM without JNA. */
    @Test
    void withoutJna_theBytesAreTheSame() throws Exception {
        String classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("jna"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        WithoutJna.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("no JNA").contains("the same").contains("takes less");
    }

    /** Creates, clones and wipes, and says how that went. */
    static final class WithoutJna {
        private WithoutJna() {}

        public static void main(String[] arguments) throws Exception {
            try {
                Class.forName("com.sun.jna.Native");
            } catch (ClassNotFoundException e) {
                System.out.println("no JNA");
            }
            try (StorageFixture storage = new StorageFixture()) {
                StoragePool pool = storage.pool("images", Path.of(arguments[0]));
                StorageVolume volume = volume(pool, "a.img", 3 * MIB + 5);
                volume.resize(20 * MIB, LONG).await();
                StorageVolume copy = volume.cloneTo(pool, "b.img", LONG).await();
                if (Files.mismatch(volume.path(), copy.path()) == -1) {
                    System.out.println("the same");
                }
                System.out.println(
                        "takes " + (copy.info().allocation() < 4 * MIB ? "less" : "all"));
                copy.wipe(LONG).await();
            }
        }
    }
}
