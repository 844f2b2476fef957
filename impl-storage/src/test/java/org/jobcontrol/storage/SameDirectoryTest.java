package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.core.journal.Child;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No two pools are on one directory, however their paths lead there. */
@Timeout(120)
class SameDirectoryTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

    private Path real;
    private Path link;

    @BeforeEach
    void makePlaces() throws IOException {
        real = Files.createDirectory(directory.resolve("real"));
        link = directory.resolve("link");
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private StoragePool define(String name, Path path) throws StorageException {
        return storage.pools.define(PoolSpec.directory(name, path));
    }

    private static void assertRefused(ThrowingCallable call, Reason reason, String... words) {
        assertThatThrownBy(call).satisfies(e -> {
            StorageException refusal =
                    (StorageException) (e instanceof StorageException ? e : e.getCause());
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal).hasMessageContainingAll(words);
        });
    }

    @Test
    void define_byALinkBeforeTheDirectoryExists_isRefused() throws Exception {
        Files.createSymbolicLink(link, real);
        define("a", real.resolve("x/y"));
        assertRefused(
                () -> define("b", link.resolve("x/y")),
                Reason.EXISTS,
                "pool b: ",
                link + "/x/y",
                "pool a",
                real + "/x/y");
        define("c", link.resolve("x/z"));
    }

    @Test
    void define_byALinkToADirectoryThatExists_isRefused() throws Exception {
        Files.createSymbolicLink(link, real);
        define("a", real);
        assertRefused(() -> define("b", link), Reason.EXISTS, "pool a");
    }

    @Test
    void start_ofAPoolThatALinkHasPutOnAnother_isRefused() throws Exception {
        StoragePool a = define("a", real);
        a.start(LONG).await();
        StoragePool b = define("b", link);
        Files.createSymbolicLink(link, real);
        // The file of a volume that is being made in a.
        Path part = Files.createFile(real.resolve(".jobcontrol-7-9.part"));
        assertRefused(
                () -> b.start(LONG).await(), Reason.INVALID_STATE, "pool b: ", "pool a", "" + real);
        assertThat(part).exists();
    }

    @Test
    void build_ofAPoolThatALinkHasPutOnAnother_isRefused() throws Exception {
        define("a", real.resolve("x"));
        StoragePool b = define("b", link.resolve("x"));
        Files.createSymbolicLink(link, real);
        assertRefused(() -> b.build(LONG).await(), Reason.INVALID_STATE, "pool b: ", "pool a");
        assertThat(real).isEmptyDirectory();
    }

    @Test
    void define_byAMountOfTheSameDirectory_isRefused() throws Exception {
        assumeTrue(
                canMount(),
                "needs root and unshare(1), to mount a directory that only the test sees");
        Files.createDirectory(link);
        Child.Result result = Child.run(
                List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$0/real\" \"$0/link\" && exec \"$@\"",
                        directory.toString()),
                Mounted.class,
                directory.toString());
        assertThat(result.output()).contains("EXISTS pool b", "EXISTS pool c");
        assertThat(result.code()).as(result.output()).isZero();
    }

    private static boolean canMount() throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder("unshare", "--mount", "true").start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Defines pools on a directory that is mounted in two places. */
    static final class Mounted {
        private Mounted() {}

        public static void main(String[] arguments) throws Exception {
            Path real = Path.of(arguments[0], "real");
            Path mounted = Path.of(arguments[0], "link");
            try (StorageFixture storage = new StorageFixture()) {
                storage.pools.define(PoolSpec.directory("a", real));
                storage.pools.define(PoolSpec.directory("deep", real.resolve("x/y")));
                tryToDefine(storage, PoolSpec.directory("b", mounted));
                tryToDefine(storage, PoolSpec.directory("c", mounted.resolve("x/y")));
            }
        }

        private static void tryToDefine(StorageFixture storage, PoolSpec pool) {
            try {
                storage.pools.define(pool);
                System.out.println("defined " + pool);
            } catch (StorageException e) {
                System.out.println(e.reason() + " " + e.getMessage());
            }
        }
    }
}
