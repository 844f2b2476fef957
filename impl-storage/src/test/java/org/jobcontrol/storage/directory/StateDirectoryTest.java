package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** Which directory keeps the driver's state, and what is taken along from the bundle's data area. */
class StateDirectoryTest {
    private static final String OLD = "images=/old\n";

    @TempDir
    Path directory;

    private Path dataArea;

    @BeforeEach
    void makeDataArea() throws IOException {
        dataArea = Files.createDirectory(directory.resolve("data-area"));
    }

    /** Returns the context of a bundle in a framework with these properties. */
    private BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getProperty" -> properties.get(arguments[0]);
                    case "getDataFile" -> new File(dataArea.toFile(), (String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Path place(Map<String, String> framework, Map<String, Object> configuration)
            throws IOException {
        return StateDirectory.of(context(framework), configuration).prepare();
    }

    private Path file(Path state) {
        return state.resolve("pools.properties");
    }

    private Path keptBefore() throws IOException {
        return Files.writeString(file(dataArea), OLD);
    }

    // ---- where ----------------------------------------------------------------------------------

    @Test
    void place_withNothingSaid_isTheDataArea() throws Exception {
        keptBefore();
        assertThat(place(Map.of(), Map.of("state_dir", " "))).isEqualTo(dataArea);
        assertThat(file(dataArea)).content().isEqualTo(OLD);
    }

    @Test
    void place_inKaraf_isBelowItsBase() throws Exception {
        assertThat(place(
                        Map.of(
                                "karaf.base",
                                directory + "/base",
                                "karaf.data",
                                directory + "/data"),
                        Map.of()))
                .isEqualTo(directory.resolve("base/jobcontrol/storage"))
                .isDirectory();
    }

    @Test
    void place_withAHome_isBelowIt() throws Exception {
        assertThat(place(
                        Map.of(
                                "karaf.base",
                                directory + "/base",
                                "jobcontrol.home",
                                directory + "/h"),
                        Map.of()))
                .isEqualTo(directory.resolve("h/storage"))
                .isDirectory();
    }

    @Test
    void place_thatIsConfigured_isThat() throws Exception {
        String configured = directory + "/configured";
        assertThat(place(
                        Map.of("jobcontrol.home", directory + "/home"),
                        Map.of("state_dir", configured)))
                .isEqualTo(Path.of(configured))
                .isDirectory();
        assertThat(directory.resolve("home")).doesNotExist();
    }

    // ---- what is taken along --------------------------------------------------------------------

    @Test
    void fileOfTheDataArea_isMovedToTheNewPlace() throws Exception {
        keptBefore();
        Map<String, String> framework = Map.of("jobcontrol.home", directory + "/home");
        DirectoryDriver driver = new DirectoryDriver(context(framework), Map.of());
        assertThat(driver.list()).extracting(PoolSpec::name).containsExactly("images");
        assertThat(file(directory.resolve("home/storage"))).content().isEqualTo(OLD);
        assertThat(file(dataArea)).doesNotExist();
    }

    @Test
    void tableOfVolumes_isMovedToo() throws Exception {
        Files.writeString(dataArea.resolve("volumes.properties"), "key=note\n");
        Path state = place(Map.of("jobcontrol.home", directory + "/home"), Map.of());
        assertThat(state.resolve("volumes.properties")).content().isEqualTo("key=note\n");
        assertThat(dataArea.resolve("volumes.properties")).doesNotExist();
    }

    @Test
    void fileOfTheDataArea_isMovedToAnotherFileSystem() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(memory)
                        && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
                "needs a second file system at /dev/shm");
        Path other = Files.createTempDirectory(memory, "jobcontrol");
        try {
            keptBefore();
            Files.writeString(other.resolve("pools.properties.new"), "left by a crash");
            place(Map.of(), Map.of("state_dir", other.toString()));
            assertThat(file(other)).content().isEqualTo(OLD);
            assertThat(file(dataArea)).doesNotExist();
            assertThat(other.resolve("pools.properties.new")).doesNotExist();
        } finally {
            Files.deleteIfExists(file(other));
            Files.deleteIfExists(other.resolve("lock"));
            Files.delete(other);
        }
    }

    @Test
    void move_thatACrashInterrupted_isCompleted() throws Exception {
        keptBefore();
        Path state = Files.createDirectories(directory.resolve("home/storage"));
        Files.writeString(file(state), OLD);
        place(Map.of("jobcontrol.home", directory + "/home"), Map.of());
        assertThat(file(state)).content().isEqualTo(OLD);
        assertThat(file(dataArea)).doesNotExist();
    }

    @Test
    void newPlace_thatHasAFile_keepsIt() throws Exception {
        keptBefore();
        Path state = Files.createDirectories(directory.resolve("home/storage"));
        Files.writeString(file(state), "images=/new\n");
        place(Map.of("jobcontrol.home", directory + "/home"), Map.of());
        assertThat(file(state)).content().isEqualTo("images=/new\n");
        assertThat(file(dataArea)).content().isEqualTo(OLD);
    }

    @Test
    void newPlace_thatIsTheDataAreaByALink_losesNothing() throws Exception {
        keptBefore();
        Path link = Files.createSymbolicLink(directory.resolve("link"), dataArea);
        place(Map.of(), Map.of("state_dir", link.toString()));
        assertThat(file(dataArea)).content().isEqualTo(OLD);
    }

    @Test
    void newPlace_thatCannotBeUsed_refusesChanges_untilItCan() throws Exception {
        keptBefore();
        Path blocked = Files.createFile(directory.resolve("blocked"));
        Path home = blocked.resolve("home");
        DirectoryDriver driver =
                new DirectoryDriver(context(Map.of("jobcontrol.home", home.toString())), Map.of());
        assertThat(driver.list()).isEmpty();
        assertThatThrownBy(() -> driver.define(PoolSpec.directory("a", directory)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.IO))
                .hasMessageContainingAll(
                        "pool a: ",
                        home + "/storage cannot be used",
                        "NotDirectoryException: " + blocked);
        assertThat(file(dataArea)).content().isEqualTo(OLD);
        Files.delete(blocked);
        driver.define(PoolSpec.directory("a", directory));
        assertThat(driver.list()).extracting(PoolSpec::name).containsExactly("a", "images");
        assertThat(file(dataArea)).doesNotExist();
    }

    @Test
    void place_thatIsNoPath_isNamed() {
        assertThatThrownBy(() -> place(Map.of(), Map.of("state_dir", "/a\0b")))
                .isInstanceOf(IOException.class)
                .hasMessage("'/a\0b' is not a path: Nul character not allowed");
    }
}
