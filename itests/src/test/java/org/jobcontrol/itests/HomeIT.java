package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What is kept below {@code jobcontrol.home} when the bundles, or the whole framework, go. */
public class HomeIT {
    private Path directory;

    @Before
    public void makeDirectory() throws Exception {
        directory = Files.createTempDirectory(Path.of("target"), "home").toRealPath();
        Files.createDirectory(directory.resolve("images"));
    }

    @After
    public void checkNothingIsLeftOpen() throws Exception {
        // Its journal could not be locked again by this process, were it still open.
        assertThat(System.getProperties().stringPropertyNames())
                .noneMatch(name -> name.contains(directory.toString()));
    }

    private LaunchedFramework framework(Map<String, String> properties) throws Exception {
        LaunchedFramework framework = new LaunchedFramework(new FrameworkFactory(), properties);
        framework.startNeeded();
        framework.installOurs();
        framework.startOurs();
        return framework;
    }

    private Map<String, String> home() {
        return Map.of("jobcontrol.home", directory.resolve("home").toString());
    }

    private void startPool(LaunchedFramework framework) throws Exception {
        framework.type("jobctl:pool-define images " + directory.resolve("images"));
        framework.type("jobctl:pool-start images");
        assertAllIsThere(framework);
    }

    private static void assertAllIsThere(LaunchedFramework framework) throws Exception {
        assertThat(framework.type("jobctl:pool-list")).contains("images");
        assertThat(framework.type("jobctl:history")).contains("POOL_START", "images");
    }

    @Test
    public void bundles_installedAgain_haveWhatWasKept() throws Exception {
        try (LaunchedFramework framework = framework(home())) {
            startPool(framework);
            framework.uninstallOurs();
            framework.installOurs();
            framework.startOurs();
            assertAllIsThere(framework);
        }
    }

    @Test
    public void anotherFramework_onTheSameHome_hasWhatWasKept() throws Exception {
        try (LaunchedFramework framework = framework(home())) {
            startPool(framework);
        }
        try (LaunchedFramework framework = framework(home())) {
            assertAllIsThere(framework);
        }
    }

    @Test
    public void home_givenLater_takesAlongWhatTheBundlesHad() throws Exception {
        Path storage;
        try (LaunchedFramework framework = framework(Map.of())) {
            startPool(framework);
            storage = framework.storage();
        }
        try (LaunchedFramework framework =
                LaunchedFramework.again(new FrameworkFactory(), storage, home())) {
            framework.startOurs();
            assertAllIsThere(framework);
        }
        assertThat(directory.resolve("home/storage/pools.properties")).exists();
        assertThat(directory.resolve("home/journal/jobs.journal")).exists();
    }
}
