package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.core.journal.Child;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the definitions of pools, whatever is in their file and whoever else changes it. */
@Timeout(120)
class DefinitionsTest {
    private static final int MANY = 40;

    /** No definition looks at the job. */
    private static final Job JOB = (Job) Proxy.newProxyInstance(
            Job.class.getClassLoader(), new Class<?>[] {Job.class}, (a, b, c) -> {
                throw new UnsupportedOperationException(b.getName());
            });

    @TempDir
    Path directory;

    private Path state;

    @BeforeEach
    void makeState() throws IOException {
        state = Files.createDirectory(directory.resolve("state"));
    }

    private Path file() {
        return state.resolve("pools.properties");
    }

    private PoolSpec pool(String name) {
        return PoolSpec.directory(name, directory.resolve(name));
    }

    private static List<String> names(DirectoryDriver driver) {
        return driver.list().stream().map(PoolSpec::name).toList();
    }

    private static void assertRefused(ThrowingCallable call, Reason reason, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContainingAll(words);
    }

    // ---- entries that cannot be loaded ----------------------------------------------------------

    @Test
    void entries_thatCannotBeLoaded_outliveOtherChanges() throws Exception {
        Files.writeString(
                file(),
                "../x=/a\nimages=/b\\u0000c\nimages/owner=me\nhalf/owner=you\n/none=1\nrel=x\nok=/d\n");
        Properties before = DurableFiles.read(file());
        DirectoryDriver driver = new DirectoryDriver(state);
        driver.define(pool("other"));
        driver.undefine(pool("other"), JOB);
        assertThat(DurableFiles.read(file())).isEqualTo(before);
        assertThat(names(driver)).containsExactly("ok");
    }

    @Test
    void define_ofANameThatCannotBeLoaded_isRefusedWithTheReason() throws Exception {
        Files.writeString(file(), "images=/b\\u0000c\n");
        DirectoryDriver driver = new DirectoryDriver(state);
        assertRefused(
                () -> driver.define(pool("images")),
                Reason.EXISTS,
                "pool images: ",
                state.toString(),
                "Nul character not allowed");
        assertThat(file()).content().isEqualTo("images=/b\\u0000c\n");
    }

    @Test
    void definition_thatThisLocaleCannotRepresent_outlivesAnotherDefine() throws Exception {
        PoolSpec german = PoolSpec.directory("bilder", directory.resolve("büro"));
        new DirectoryDriver(state).define(german);
        Child.Result result =
                Child.run(List.of("env", "LC_ALL=C"), DefinesOne.class, state.toString(), "/plain");
        assertThat(result.output()).contains("before: []", "after: [other]");
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(new DirectoryDriver(state).list())
                .containsExactly(german, PoolSpec.directory("other", Path.of("/plain")));
    }

    @Test
    void define_ofAPathThatThisLocaleCannotRepresent_isRefused() throws Exception {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        Files.createDirectory(parent.resolve("büro"));
        Child.Result result = Child.run(
                List.of("env", "LC_ALL=C"),
                DefinesWhatIsIn.class,
                state.toString(),
                parent.toString());
        assertThat(result.output()).contains("UNSUPPORTED pool other: its path " + parent);
        assertThat(file()).doesNotExist();
    }

    /** Defines a pool with the path that is given. */
    static final class DefinesOne {
        private DefinesOne() {}

        public static void main(String[] arguments) throws Exception {
            DirectoryDriver driver = new DirectoryDriver(Path.of(arguments[0]));
            System.out.println("before: " + names(driver));
            driver.define(PoolSpec.directory("other", Path.of(arguments[1])));
            System.out.println("after: " + names(driver));
        }
    }

    /** Defines a pool with the path of the only directory in another. */
    static final class DefinesWhatIsIn {
        private DefinesWhatIsIn() {}

        public static void main(String[] arguments) throws Exception {
            try (var entries = Files.newDirectoryStream(Path.of(arguments[1]))) {
                Path found = entries.iterator().next();
                new DirectoryDriver(Path.of(arguments[0]))
                        .define(PoolSpec.directory("other", found));
            } catch (StorageException e) {
                System.out.println(e.reason() + " " + e.getMessage());
            }
        }
    }

    // ---- a file that cannot be read -------------------------------------------------------------

    @Test
    void malformedFile_isNotReplaced_untilItCanBeRead() throws Exception {
        Files.writeString(file(), "images=/b\\uzzzz\n");
        DirectoryDriver driver = new DirectoryDriver(state);
        assertThat(driver.list()).isEmpty();
        String[] words = {"pool other: ", file().toString(), "Malformed \\uxxxx encoding"};
        assertRefused(() -> driver.define(pool("other")), Reason.IO, words);
        assertRefused(() -> driver.undefine(pool("other"), JOB), Reason.IO, words);
        assertThat(file()).content().isEqualTo("images=/b\\uzzzz\n");
        Files.writeString(file(), "images=/b\n");
        assertThat(names(driver)).containsExactly("images");
        driver.define(pool("other"));
        assertThat(names(new DirectoryDriver(state))).containsExactly("images", "other");
    }

    @Test
    void file_thatBecomesUnreadable_leavesWhatIsKnown() throws Exception {
        DirectoryDriver driver = new DirectoryDriver(state);
        driver.define(pool("a"));
        Files.move(file(), directory.resolve("aside"));
        Files.createDirectory(file());
        assertRefused(() -> driver.define(pool("b")), Reason.IO, file().toString());
        assertThat(names(driver)).containsExactly("a");
        assertThat(file()).isEmptyDirectory();
        Files.delete(file());
        Files.move(directory.resolve("aside"), file());
        driver.define(pool("b"));
        assertThat(names(driver)).containsExactly("a", "b");
    }

    @Test
    void link_thatLeadsNowhere_isAFileThatCannotBeRead() throws Exception {
        Files.createSymbolicLink(file(), directory.resolve("unmounted"));
        DirectoryDriver driver = new DirectoryDriver(state);
        assertRefused(() -> driver.define(pool("a")), Reason.IO, file().toString());
        assertThat(file()).isSymbolicLink();
    }

    @Test
    void file_thatWasDeleted_isWrittenAgainWithAllPools() throws Exception {
        DirectoryDriver driver = new DirectoryDriver(state);
        driver.define(pool("a"));
        Files.delete(file());
        driver.define(pool("b"));
        assertThat(names(new DirectoryDriver(state))).containsExactly("a", "b");
    }

    // ---- several processes ----------------------------------------------------------------------

    @Test
    void twoDrivers_onOneFile_keepEachOthersPools() throws Exception {
        DirectoryDriver one = new DirectoryDriver(state);
        DirectoryDriver two = new DirectoryDriver(state);
        one.define(pool("a"));
        two.define(pool("b"));
        assertThat(names(two)).containsExactly("a", "b");
        assertThat(names(new DirectoryDriver(state))).containsExactly("a", "b");
        assertRefused(
                () -> one.define(PoolSpec.directory("c", directory.resolve("b"))),
                Reason.EXISTS,
                "pool b");
        assertRefused(() -> two.define(pool("a")), Reason.EXISTS, "pool a");
    }

    @Test
    void undefine_ofWhatAnotherProcessHasDefinedDifferently_isRefused() throws Exception {
        DirectoryDriver one = new DirectoryDriver(state);
        one.define(pool("a"));
        DirectoryDriver two = new DirectoryDriver(state);
        two.undefine(pool("a"), JOB);
        two.define(PoolSpec.directory("a", directory.resolve("elsewhere")));
        assertRefused(() -> one.undefine(pool("a"), JOB), Reason.INVALID_STATE, "pool a");
        assertThat(new DirectoryDriver(state).list())
                .extracting(PoolSpec::path)
                .containsExactly(directory.resolve("elsewhere"));
        two.undefine(PoolSpec.directory("a", directory.resolve("elsewhere")), JOB);
        one.undefine(pool("a"), JOB);
        assertThat(new DirectoryDriver(state).list()).isEmpty();
    }

    @Test
    void manyProcesses_thatDefineAtOnce_loseNothing() throws Exception {
        Process first = Child.start(List.of(), DefinesMany.class, state.toString(), "first");
        Process second = Child.start(List.of(), DefinesMany.class, state.toString(), "second");
        Thread here = new Thread(() -> define("here"));
        here.start();
        define("beside");
        here.join();
        for (Process process : List.of(first, second)) {
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(output).isZero();
        }
        assertThat(new DirectoryDriver(state).list()).hasSize(4 * MANY);
    }

    private void define(String prefix) {
        try {
            DefinesMany.main(new String[] {state.toString(), prefix});
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Defines many pools, one after another. */
    static final class DefinesMany {
        private DefinesMany() {}

        public static void main(String[] arguments) throws StorageException {
            DirectoryDriver driver = new DirectoryDriver(Path.of(arguments[0]));
            for (int i = 0; i < MANY; i++) {
                String name = arguments[1] + i;
                driver.define(new PoolSpec(
                        name,
                        PoolSpec.DIRECTORY,
                        Path.of("/nowhere", name),
                        Map.of("owner", name)));
            }
        }
    }
}
