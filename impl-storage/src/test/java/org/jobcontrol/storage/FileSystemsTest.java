package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.storage.StorageFixture.LONG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.core.journal.Child;
import org.jobcontrol.core.journal.Mounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools on unusual file systems, each seen only by a process of its own. */
class FileSystemsTest {
    /** Everything as it is, in a directory that is not a mount point: as in a chroot of debootstrap. */
    private static final String CHROOT = """
            for entry in /*; do
                if [ -L "$entry" ]; then
                    cp -P "$entry" "$0$entry"
                elif [ -d "$entry" ]; then
                    mkdir "$0$entry" && mount --rbind "$entry" "$0$entry"
                fi
            done
            exec chroot "$0" "$@"
            """;

    @TempDir
    private Path directory;

    @Test
    void pool_inAChrootWithoutMountPoint_isUsed() throws Exception {
        Child.Result result = Mounts.run(CHROOT, directory, StartsPool.class, "/pool");
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("file store: Mount point not found")
                .contains("total is positive")
                .contains("rest is consistent")
                .contains("[a.img]");
    }

    @Test
    void pool_onAFileSystemThatCountsNoBlocks_isUsed() throws Exception {
        Child.Result result = Mounts.run(
                "mount -t tmpfs -o size=0 none \"$0\" && exec \"$@\"",
                directory,
                StartsPool.class,
                directory.resolve("pool").toString());
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output()).contains("total is 0").contains("[a.img]");
    }

    /** Starts a pool, creates a volume in it, and prints the space and the files. */
    static final class StartsPool {
        private StartsPool() {}

        public static void main(String[] arguments) throws Exception {
            Path place = Files.createDirectory(Path.of(arguments[0]));
            try {
                Files.getFileStore(place);
            } catch (IOException e) {
                System.out.println("file store: " + e.getMessage());
            }
            try (StorageFixture storage = new StorageFixture()) {
                StoragePool pool = storage.pool("images", place);
                PoolInfo info = pool.info();
                System.out.println("total is " + (info.capacity() > 0 ? "positive" : "0"));
                if (info.available() + info.allocation() <= info.capacity()) {
                    System.out.println("rest is consistent");
                }
                pool.create(VolumeSpec.allocated("a.img", 1), LONG).await();
            }
            System.out.println(StorageFixture.files(place));
        }
    }
}
