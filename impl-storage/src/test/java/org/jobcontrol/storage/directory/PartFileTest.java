package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the table in {@link PartFile}; other processes are real ones. */
@Timeout(60)
class PartFileTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheVolume() {
        file = directory.resolve("a.img");
    }

    @Test
    void part_ofThisProcess_isInUseUntilItIsClosed() throws Exception {
        PartFile part = PartFile.of(file, 7, 9);
        Files.writeString(part.path(), "half");
        assertThat(PartFile.deleteAbandoned(part.path())).isFalse();
        assertThat(part.path()).hasContent("half");
        part.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void part_ofAnotherProcess_isInUseUntilThatOneDies() throws Exception {
        Process other = start(Other.class, 1);
        Path part = Path.of(readLine(other));
        assertThat(PartFile.deleteAbandoned(part)).isFalse();
        // A look must not take the lock away from its owner.
        assertThat(PartFile.deleteAbandoned(part)).isFalse();
        assertThat(part).hasContent("half");
        other.destroyForcibly();
        assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(part).exists();
        assertThat(PartFile.deleteAbandoned(part)).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    /** A POSIX lock is lost when its file is closed through any descriptor of the process. */
    @Test
    void look_ofThisProcess_leavesTheLock() throws Exception {
        try (PartFile part = PartFile.of(file, 7, 9)) {
            Files.writeString(part.path(), "half");
            assertThat(PartFile.deleteAbandoned(part.path())).isFalse();
            Process other = start(Cleaner.class, 1);
            assertThat(readLine(other)).isEqualTo(Cleaner.BEGINS);
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(part.path()).hasContent("half");
        }
    }

    /** The mutant that does not look whether the owner file is still there fails within some hundred parts. */
    @Test
    void part_madeBesideAProcessThatCleansUp_hasItsOwnerFile() throws Exception {
        Process other = start(Cleaner.class, Integer.MAX_VALUE);
        try {
            assertThat(readLine(other)).isEqualTo(Cleaner.BEGINS);
            for (int i = 0; i < 2000; i++) {
                try (PartFile part = PartFile.of(file, 7, 9)) {
                    assertThat(owners()).as("part %s", i).hasSize(1);
                }
            }
        } finally {
            other.destroyForcibly();
        }
    }

    private List<Path> owners() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.toString().endsWith(".owner")).toList();
        }
    }

    @Test
    void ownerFile_withoutItsPart_isDeleted() throws Exception {
        Path owner = Files.createFile(directory.resolve(PartFile.prefix(7, 9) + "x.owner"));
        assertThat(PartFile.deleteAbandoned(owner)).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void part_withoutOwnerFile_isDeleted() throws Exception {
        Path part = Files.createFile(directory.resolve(PartFile.prefix(7, 9) + "x.part"));
        assertThat(PartFile.deleteAbandoned(part)).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void directory_withTheNameOfAPart_stays() throws Exception {
        Path odd = Files.createDirectory(directory.resolve(PartFile.prefix(7, 9) + "x.part"));
        assertThat(PartFile.deleteAbandoned(odd)).isFalse();
        assertThat(odd).isDirectory();
    }

    @Test
    void sameJobAndFence_ofTwoProcesses_haveTwoParts() throws Exception {
        try (PartFile one = PartFile.of(file, 7, 9);
                PartFile two = PartFile.of(file, 7, 9)) {
            assertThat(one.path()).isNotEqualTo(two.path());
        }
    }

    private Process start(Class<?> main, int rounds) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        file.toString(),
                        Integer.toString(rounds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String readLine(Process process) throws IOException {
        return new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                .readLine();
    }

    /** Makes half a part, and lives until it is killed. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws Exception {
            PartFile part = PartFile.of(Path.of(arguments[0]), 7, 9);
            Files.writeString(part.path(), "half");
            System.out.println(part.path());
            Thread.currentThread().join();
        }
    }

    /** Cleans up the directory again and again. */
    static final class Cleaner {
        static final String BEGINS = "begins";

        private Cleaner() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(BEGINS);
            Path directory = Path.of(arguments[0]).getParent();
            for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                    for (Path file : files) {
                        PartFile.deleteAbandoned(file);
                    }
                }
            }
        }
    }
}
