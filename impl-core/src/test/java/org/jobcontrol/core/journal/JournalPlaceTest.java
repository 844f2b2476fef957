package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.spi.JobJournal.Numbers;
import org.jobcontrol.api.spi.JobRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** Which directory has the journal, and what is taken along from where it was before. */
@Timeout(60)
class JournalPlaceTest {
    private static final String JOURNAL = "jobs.journal";

    @TempDir
    private Path directory;

    private Path dataArea() {
        return directory.resolve("data-area/journal");
    }

    private Map<String, String> karaf() {
        return Map.of("karaf.base", directory + "/karaf", "karaf.data", directory + "/karaf/data");
    }

    private Map<String, String> home() {
        return Map.of("jobcontrol.home", directory + "/home");
    }

    /** Returns the context of a bundle in a framework with these properties. */
    private BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getProperty" -> properties.get(arguments[0]);
                    case "getDataFile" ->
                        new File(directory.resolve("data-area").toFile(), (String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private JournalComponent open(Map<String, String> framework, String... journalDir) {
        return new JournalComponent(
                context(framework),
                journalDir.length == 0 ? Map.of() : Map.of("journal_dir", journalDir[0]));
    }

    /** Writes a journal with jobs of these ids. */
    private static void keepIn(Path place, long... ids) throws IOException {
        try (FileJournal journal = new FileJournal(place)) {
            journal.write(Arrays.stream(ids).mapToObj(Records::running).toList());
            journal.reserve(new Numbers(100, 200));
        }
    }

    private static void assertHas(JournalComponent journal, Long... ids) throws IOException {
        try {
            assertThat(journal.read().jobs()).extracting(JobRecord::id).containsExactly(ids);
        } finally {
            journal.close();
        }
    }

    // ---- where ----------------------------------------------------------------------------------

    @Test
    void place_withNothingSaid_isTheDataArea() throws Exception {
        keepIn(dataArea(), 1);
        assertHas(open(Map.of(), ""), 1L);
        assertThat(dataArea().resolve(JOURNAL)).exists();
    }

    @Test
    void place_inKaraf_isBelowItsBase() throws Exception {
        assertHas(open(karaf()));
        assertThat(directory.resolve("karaf/jobcontrol/journal").resolve(JOURNAL))
                .exists();
    }

    @Test
    void place_thatIsConfigured_isThat() throws Exception {
        assertHas(open(home(), directory + "/configured"));
        assertThat(directory.resolve("configured").resolve(JOURNAL)).exists();
        assertThat(directory.resolve("home")).doesNotExist();
    }

    // ---- what is taken along --------------------------------------------------------------------

    @Test
    void journalOfTheDataArea_isMovedWithItsNumbersAndWhatWasDamaged() throws Exception {
        keepIn(dataArea(), 1, 2);
        Files.writeString(dataArea().resolve(JOURNAL + ".damaged"), "damaged");
        JournalComponent journal = open(home());
        assertThat(journal.read().numbers()).isEqualTo(new Numbers(100, 200));
        assertHas(journal, 1L, 2L);
        Path place = directory.resolve("home/journal");
        assertThat(place.resolve(JOURNAL + ".damaged")).hasContent("damaged");
        assertThat(dataArea().resolve(JOURNAL)).doesNotExist();
        assertThat(dataArea().resolve(JOURNAL + ".damaged")).doesNotExist();
    }

    /** Karaf keeps the configuration file of the version before. */
    @Test
    void journalInKarafData_isMovedThoughItIsConfigured() throws Exception {
        Path former = directory.resolve("karaf/data/jobcontrol/journal");
        keepIn(former, 1);
        assertHas(open(karaf(), former.toString()), 1L);
        assertThat(directory.resolve("karaf/jobcontrol/journal").resolve(JOURNAL))
                .exists();
        assertThat(former.resolve(JOURNAL)).doesNotExist();
    }

    @Test
    void journal_isMovedToAnotherFileSystem() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(memory)
                        && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
                "needs a second file system at /dev/shm");
        Path other = Files.createTempDirectory(memory, "jobcontrol");
        try {
            keepIn(dataArea(), 1);
            assertHas(open(Map.of(), other.toString()), 1L);
            assertThat(dataArea().resolve(JOURNAL)).doesNotExist();
        } finally {
            for (Path file : List.of(other.resolve(JOURNAL), other.resolve("lock"), other)) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void move_thatACrashInterrupted_isCompleted() throws Exception {
        keepIn(dataArea(), 1);
        Path place = Files.createDirectories(directory.resolve("home/journal"));
        Files.copy(dataArea().resolve(JOURNAL), place.resolve(JOURNAL));
        assertHas(open(home()), 1L);
        assertThat(dataArea().resolve(JOURNAL)).doesNotExist();
    }

    @Test
    void newPlace_thatHasAJournal_keepsIt() throws Exception {
        keepIn(dataArea(), 1);
        keepIn(directory.resolve("home/journal"), 2);
        assertHas(open(home()), 2L);
        assertHas(open(Map.of()), 1L);
    }

    @Test
    void newPlace_thatIsTheDataAreaByALink_losesNothing() throws Exception {
        keepIn(dataArea(), 1);
        Path link = Files.createSymbolicLink(directory.resolve("link"), dataArea());
        assertHas(open(Map.of(), link.toString()), 1L);
        assertThat(dataArea().resolve(JOURNAL)).exists();
    }

    @Test
    void formerJournal_thatIsInUse_isNotMoved() throws Exception {
        keepIn(dataArea(), 1);
        try (FileJournal user = new FileJournal(dataArea())) {
            JournalComponent journal = open(home());
            assertThatThrownBy(journal::read)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(dataArea().toString(), "is in use by process");
            journal.close();
            assertThat(user.read().jobs()).hasSize(1);
        }
        assertHas(open(home()), 1L);
    }

    @Test
    void newPlace_thatCannotBeUsed_losesNothing() throws Exception {
        keepIn(dataArea(), 1);
        Path blocked = Files.createFile(directory.resolve("home"));
        JournalComponent journal = open(home());
        assertThatThrownBy(journal::read)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("the journal cannot be used", blocked.toString());
        journal.close();
        Files.delete(blocked);
        assertHas(open(home()), 1L);
    }

    @Test
    void place_thatIsNoPath_isNamed() throws Exception {
        JournalComponent journal = open(Map.of(), "/a\0b");
        assertThatThrownBy(journal::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'/a\0b' is not a path: Nul character not allowed");
        journal.close();
    }
}
