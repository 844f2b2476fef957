package org.jobcontrol.karaf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Job control put into a Karaf as it comes, and taken out again. */
@Tag("slow")
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class InstallIT {
    private static final String REPOSITORY = "mvn:org.jobcontrol/org.jobcontrol.karaf/"
            + System.getProperty("project.version") + "/xml/features";

    @Test
    void feature_installedByName_bringsBundlesCommandsAndConfiguration() throws Exception {
        try (Karaf karaf = new Karaf().withoutJobControl().start()) {
            assertThat(karaf.type("bundle:list")).doesNotContain("jobcontrol");
            karaf.type("feature:repo-add " + REPOSITORY);
            assertThat(karaf.type("feature:list"))
                    .contains(
                            "jobcontrol-api",
                            "jobcontrol ",
                            "jobcontrol-libvirt",
                            "jobcontrol-native",
                            "jobcontrol-shell");
            karaf.type("feature:install jobcontrol-shell");
            karaf.typeUntil("jobctl:list", "TARGET");
            assertThat(karaf.type("bundle:list | grep jobcontrol").lines())
                    .hasSize(5)
                    .allMatch(line -> line.contains("Active"));
            assertThat(karaf.home.resolve("etc/org.jobcontrol.cfg"))
                    .content()
                    .contains("begin_timeout_millis = 30000");
            assertThat(karaf.home.resolve("etc/org.jobcontrol.storage.directory.cfg"))
                    .content()
                    .contains("state_dir =");
            assertThat(karaf.home.resolve("etc/org.apache.karaf.command.acl.jobctl.cfg"))
                    .exists();
            karaf.type("feature:uninstall jobcontrol-shell");
            karaf.typeUntil("bundle:list | grep -c jobcontrol", "0");
            assertThat(karaf.type("jobctl:list")).contains("Command not found");
        }
    }

    @Test
    void kar_droppedIntoDeploy_comesAndGoes() throws Exception {
        try (Karaf karaf = new Karaf().withoutJobControl()) {
            // It brings what it needs but for Karaf's own features.
            karaf.delete(karaf.home.resolve("system/org/jobcontrol"));
            karaf.delete(karaf.home.resolve("system/info/picocli"));
            karaf.delete(karaf.home.resolve("system/com/google/code/gson"));
            karaf.start();
            Path kar = Path.of(System.getProperty("karaf.kar"));
            karaf.drop(kar, "deploy");
            karaf.typeUntil("jobctl:list", "TARGET");
            assertThat(karaf.type("kar:list")).contains("org.jobcontrol.karaf");
            Files.delete(karaf.home.resolve("deploy").resolve(kar.getFileName()));
            karaf.typeUntil("jobctl:list", "Command not found");
            karaf.typeUntil("bundle:list | grep -c jobcontrol", "0");
        }
    }
}
