package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jobcontrol.api.spi.JobJournal.Contents;
import org.jobcontrol.api.spi.JobJournal.Numbers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others do to the files of a journal while it is open. */
class TamperedJournalTest {
    private static final Duration HOURS = Duration.ofHours(9);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Numbers NUMBERS = new Numbers(4711, 1L << 60);
    private static final Contents ALL =
            new Contents(List.of(Records.running(1), Records.running(2)), NUMBERS);

    @TempDir
    private Path parent;

    private Path directory;
    private Path file;

    @BeforeEach
    void place() {
        directory = parent.resolve("journal");
        file = directory.resolve("jobs.journal");
    }

    /** Opens a journal that looks at its files only when it writes. */
    private FileJournal open() throws IOException {
        return open(HOURS);
    }

    private FileJournal open(Duration look) throws IOException {
        FileJournal journal = new FileJournal(directory, List.of(), look);
        journal.reserve(NUMBERS);
        journal.write(List.of(Records.running(1)));
        return journal;
    }

    private void removeDirectory() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path one : files.toList()) {
                Files.delete(one);
            }
        }
        Files.delete(directory);
    }

    /** What a start after a crash of this moment would find. */
    private Contents afterCrash() throws IOException {
        Path copy = Files.createDirectory(parent.resolve("copy"));
        Files.copy(file, copy.resolve("jobs.journal"));
        try (FileJournal next = new FileJournal(copy)) {
            return next.read();
        }
    }

    @Test
    void directoryRemoved_isMadeAgainWithAllRecords() throws Exception {
        try (FileJournal journal = open()) {
            removeDirectory();
            journal.write(List.of(Records.running(2)));
            assertThat(afterCrash()).isEqualTo(ALL);
            assertThat(Child.run(FileJournalTest.OpenJournal.class, directory.toString())
                            .output())
                    .as("another process")
                    .contains("is in use by process");
        }
    }

    @Test
    void directoryRemoved_isNoticedWithoutAWrite() throws Exception {
        try (FileJournal journal = open(SOON)) {
            journal.write(List.of(Records.running(2)));
            // in one step, as the journal may look at any moment
            Files.move(directory, parent.resolve("away"));
            await().until(() -> Files.exists(file));
            assertThat(afterCrash()).isEqualTo(ALL);
        }
    }

    @Test
    void fileCut_isWrittenAgainWithAllRecords() throws Exception {
        try (FileJournal journal = open()) {
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(30);
            }
            journal.write(List.of(Records.running(2)));
            assertThat(afterCrash()).isEqualTo(ALL);
        }
    }

    @Test
    void lockFileRemoved_isLockedAgain() throws Exception {
        try (FileJournal journal = open()) {
            Files.delete(directory.resolve("lock"));
            journal.write(List.of(Records.running(2)));
            assertThat(Child.run(FileJournalTest.OpenJournal.class, directory.toString())
                            .output())
                    .contains("is in use by process");
        }
    }

    @Test
    void fileReplaced_isRefusedAndLeftAlone_untilItIsMovedAway() throws Exception {
        try (FileJournal journal = open()) {
            Path other = Files.writeString(parent.resolve("other"), "what somebody put back");
            Files.delete(file);
            Files.move(other, file);
            assertThatThrownBy(() -> journal.write(List.of(Records.running(9))))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + " was replaced by another file");
            assertThat(file).hasContent("what somebody put back");
            Files.move(file, other);
            journal.write(List.of(Records.running(2)));
            assertThat(afterCrash()).isEqualTo(ALL);
        }
    }

    @Test
    void fileWrittenToByOthers_isRefusedAndLeftAlone() throws Exception {
        try (FileJournal journal = open()) {
            Files.writeString(file, "more", StandardOpenOption.APPEND);
            assertThatThrownBy(() -> journal.write(List.of(Records.running(9))))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + " was written to by others");
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).endsWith("more");
        }
        try (FileJournal journal = new FileJournal(directory)) {
            assertThat(journal.read().jobs()).containsExactly(Records.running(1));
        }
    }

    @Test
    void directoryTakenByAnotherProcess_isRefusedAndLeftToIt() throws Exception {
        try (FileJournal journal = open()) {
            removeDirectory();
            Process other = Child.start(List.of(), Holder.class, directory.toString());
            try (BufferedReader says = other.inputReader(StandardCharsets.UTF_8)) {
                assertThat(says.readLine()).isEqualTo("open");
                assertThatThrownBy(() -> journal.write(List.of(Records.running(9))))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("is in use by process " + other.pid());
            } finally {
                other.getOutputStream().close();
                other.waitFor();
            }
        }
    }

    /** Has a journal open until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (FileJournal journal = new FileJournal(Path.of(arguments[0]))) {
                System.out.println(journal.read().jobs().isEmpty() ? "open" : "not empty");
                while (System.in.read() >= 0) {
                    // until it ends
                }
            }
        }
    }
}
