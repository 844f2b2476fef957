package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.spi.JobJournal.Numbers;
import org.jobcontrol.api.spi.JobRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a journal keeps, and what it makes of damage. */
class FileJournalTest {
    private static final int JOBS = 6;

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("jobs.journal");
    }

    private List<JobRecord> contents() throws IOException {
        try (FileJournal journal = new FileJournal(directory)) {
            return journal.read().jobs();
        }
    }

    // ---- whole ----------------------------------------------------------------------------------

    @Test
    void written_isThereAfterwards_theLastRecordOfEachJob() throws Exception {
        try (FileJournal journal = new FileJournal(directory)) {
            journal.write(List.of(Records.running(1), Records.running(2), Records.running(3)));
            journal.write(List.of(Records.inPhase(2, "copy")));
            journal.write(List.of(Records.ended(1, JobOutcome.FAILED)));
            journal.write(List.of(Records.ended(3, JobOutcome.COMPLETED)));
            journal.forget(List.of(3L));
            journal.forget(List.of());
            journal.note(Records.inPhase(2, "sync"));
            journal.reserve(new Numbers(4711, 1L << 60));
        }
        try (FileJournal journal = new FileJournal(directory)) {
            assertThat(journal.read().jobs())
                    .containsExactly(
                            Records.ended(1, JobOutcome.FAILED), Records.inPhase(2, "sync"));
            assertThat(journal.read().numbers()).isEqualTo(new Numbers(4711, 1L << 60));
        }
    }

    @Test
    @Timeout(20)
    void write_ofNothing_returns() throws Exception {
        try (FileJournal journal = new FileJournal(directory)) {
            journal.write(List.of());
        }
        assertThat(contents()).isEmpty();
    }

    @Test
    void directory_thatIsNotThere_isMade() throws Exception {
        directory = directory.resolve("a/b");
        assertThat(contents()).isEmpty();
        assertThat(file()).exists();
    }

    @Test
    void manyWriters_loseNothing() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(16);
        try (FileJournal journal = new FileJournal(directory)) {
            List<Future<?>> writes = new ArrayList<>();
            for (long id = 1; id <= 400; id++) {
                JobRecord record = Records.running(id);
                writes.add(writers.submit(() -> {
                    journal.write(List.of(record));
                    return null;
                }));
            }
            for (Future<?> write : writes) {
                write.get();
            }
        } finally {
            writers.shutdown();
        }
        assertThat(contents())
                .isEqualTo(LongStream.rangeClosed(1, 400)
                        .mapToObj(Records::running)
                        .toList());
    }

    @Test
    void interruptedWriter_hasWritten_andIsStillInterrupted() throws Exception {
        try (FileJournal journal = new FileJournal(directory)) {
            Thread.currentThread().interrupt();
            journal.write(List.of(Records.running(1)));
            assertThat(Thread.interrupted()).isTrue();
            journal.write(List.of(Records.running(2)));
        }
        assertThat(contents()).hasSize(2);
    }

    @Test
    void closed_refusesWhatComesLater() throws Exception {
        FileJournal journal = new FileJournal(directory);
        journal.close();
        assertThatThrownBy(() -> journal.write(List.of(Records.running(1))))
                .isInstanceOf(IOException.class)
                .hasMessage("the journal is closed");
        assertThat(contents()).isEmpty();
    }

    @Test
    void muchIsWrittenAndForgotten_theFileStaysSmall() throws Exception {
        try (FileJournal journal = new FileJournal(directory)) {
            journal.write(List.of(Records.running(1)));
            journal.reserve(new Numbers(7, 8));
            for (long id = 2; id < 40_000; id++) {
                journal.note(Records.running(id));
                journal.forget(List.of(id));
            }
            journal.write(List.of(Records.running(2)));
            assertThat(Files.size(file())).isLessThan(5 << 20);
        }
        assertThat(contents()).containsExactly(Records.running(1), Records.running(2));
    }

    // ---- torn and damaged -----------------------------------------------------------------------

    /** Writes some records and returns where each ends in the file. */
    private List<Integer> write() throws IOException {
        List<Integer> ends = new ArrayList<>();
        try (FileJournal journal = new FileJournal(directory)) {
            for (long id = 1; id <= JOBS; id++) {
                journal.write(List.of(Records.running(id)));
                ends.add((int) Files.size(file()));
            }
        }
        return ends;
    }

    @Test
    void tornAtEveryByte_keepsEveryWholeRecord_andGoesOn() throws Exception {
        List<Integer> ends = write();
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            int torn = length;
            long left = ends.stream().filter(end -> end <= torn).count();
            try (FileJournal journal = new FileJournal(directory)) {
                assertThat(journal.read().jobs())
                        .as("%d of %d bytes", length, whole.length)
                        .hasSize((int) left);
                journal.write(List.of(Records.running(99)));
            }
            assertThat(contents()).as("written on behind byte %d", length).hasSize((int) left + 1);
        }
    }

    @Test
    void aBitFlippedInEveryByte_costsNoOtherRecord_andIsKept() throws Exception {
        List<Integer> ends = write();
        byte[] whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << (at % Byte.SIZE));
            Files.write(file(), damaged);
            int flipped = at;
            long hit = ends.stream().filter(end -> end <= flipped).count() + 1;
            int firstRecord = firstRecordAt(ends);
            List<JobRecord> left = LongStream.rangeClosed(1, JOBS)
                    .filter(id -> flipped < firstRecord || id != hit)
                    .mapToObj(Records::running)
                    .toList();
            assertThat(contents()).as("bit flipped in byte %d", at).isEqualTo(left);
            boolean inTheTail = hit == JOBS;
            Path kept = directory.resolve("jobs.journal.damaged");
            assertThat(Files.exists(kept)).as("byte %d", at).isEqualTo(!inTheTail);
            if (!inTheTail) {
                assertThat(Files.readAllBytes(kept)).isEqualTo(damaged);
                Files.delete(kept);
            }
        }
    }

    /** All records are as long as one another; the format stands before the first. */
    private static int firstRecordAt(List<Integer> ends) {
        return ends.get(0) - (ends.get(1) - ends.get(0));
    }

    @Test
    void recordThatMakesNoSense_costsNoOther_andIsKept() throws Exception {
        assertThat(RecordFormat.decode(record("ASYNC", 0, 1)).id()).isEqualTo(9);
        write();
        byte[] whole = Files.readAllBytes(file());
        List<byte[]> nonsense = List.of(
                new byte[] {1, 2, 3},
                record("SLEEP", 0, 1),
                record("QUERY", 0, 1),
                record("ASYNC", Long.MAX_VALUE, 1),
                record("ASYNC", 0, 10_000));
        for (byte[] one : nonsense) {
            byte[] damaged = RecordFormat.bytes(out -> {
                out.write(whole);
                out.write(new Frame(Frame.JOB, one).bytes().array());
                out.write(whole);
            });
            Files.write(file(), damaged);
            assertThat(contents()).hasSize(JOBS);
            assertThat(Files.readAllBytes(directory.resolve("jobs.journal.damaged")))
                    .isEqualTo(damaged);
        }
    }

    private static byte[] record(String type, long queued, int parents) {
        return RecordFormat.bytes(out -> {
            out.write(Frame.ofLongs(Frame.JOB, 9, 10).payload());
            for (int i = 0; i < parents; i++) {
                text(out, "volume", "a");
                out.writeBoolean(true);
            }
            text(out, "pool", "images");
            out.writeBoolean(false);
            text(out, type, "VOLUME_CLONE", "a thread", "a bundle");
            out.writeLong(queued);
            out.writeInt(0);
            // and zeros for all the rest
            out.write(new byte[120]);
        });
    }

    private static void text(DataOutputStream out, String... texts) throws IOException {
        for (String text : texts) {
            out.writeInt(text.length());
            out.writeBytes(text);
        }
    }

    @Test
    void laterFormat_isRefused_andLeftAlone() throws Exception {
        byte[] later = RecordFormat.bytes(
                out -> out.write(Frame.ofLongs(Frame.FORMAT, 2).bytes().array()));
        Files.write(file(), later);
        assertThatThrownBy(() -> new FileJournal(directory))
                .isInstanceOf(IOException.class)
                .hasMessage(file() + " has format 2, and this reads 1");
        assertThat(Files.readAllBytes(file())).isEqualTo(later);
    }

    @Test
    void fileThatIsTooLong_isRefused_andLeftAlone() throws Exception {
        try (RandomAccessFile holes = new RandomAccessFile(file().toFile(), "rw")) {
            holes.setLength(3L << 30);
        }
        assertThatThrownBy(() -> new FileJournal(directory))
                .isInstanceOf(IOException.class)
                .hasMessage(file() + " has 3221225472 bytes, too many for a journal");
        assertThat(Files.size(file())).isEqualTo(3L << 30);
    }

    @Test
    void noJournalAtAll_isTakenForDamage_andKept() throws Exception {
        Files.writeString(file(), "something else that is no journal");
        assertThat(contents()).isEmpty();
        assertThat(Files.readString(directory.resolve("jobs.journal.damaged")))
                .isEqualTo("something else that is no journal");
    }

    // ---- the directory --------------------------------------------------------------------------

    @Test
    void secondOne_isRefusedAndNamesTheFirst() throws Exception {
        try (FileJournal first = new FileJournal(directory)) {
            first.write(List.of(Records.running(1)));
            String message = "the journal directory " + directory
                    + " is in use by process "
                    + ProcessHandle.current().pid();
            assertThatThrownBy(() -> new FileJournal(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(message);
            assertThat(Child.run(OpenJournal.class, directory.toString()).output())
                    .contains(message);
        }
        assertThat(Child.run(OpenJournal.class, directory.toString()).output()).contains("1 jobs");
    }

    @Test
    void fileInThePlaceOfTheDirectory_isNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new FileJournal(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    /** The child process tells what it sees of a directory. */
    static final class OpenJournal {
        private OpenJournal() {}

        public static void main(String[] arguments) {
            try (FileJournal journal = new FileJournal(Path.of(arguments[0]))) {
                System.out.println(journal.read().jobs().size() + " jobs");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void leavesNoThread() throws Exception {
        contents();
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        assertThat(threads).noneMatch(thread -> thread.getName().equals("jobcontrol-journal"));
        assertThat(new String(
                        Files.readAllBytes(directory.resolve("lock")), StandardCharsets.UTF_8))
                .isEqualTo(String.valueOf(ProcessHandle.current().pid()));
    }
}
