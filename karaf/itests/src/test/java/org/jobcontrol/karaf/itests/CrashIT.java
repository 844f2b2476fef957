package org.jobcontrol.karaf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.karaf.itests.Karaf.firstNumber;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** A Karaf that is killed before it has been started twice. */
@Tag("slow")
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class CrashIT {
    @Test
    void clone_killedRightAfterTheInstallation_isRecoveredAtTheNextStart() throws Exception {
        try (Karaf karaf = new Karaf().withoutJobControl().start()) {
            Path images = Files.createDirectory(karaf.home.resolve("images"));
            karaf.drop(Path.of(System.getProperty("karaf.kar")), "deploy");
            karaf.typeUntil("jobctl:pool-define images " + images, "pool images is defined");
            assertThat(karaf.type("jobctl:pool-start images")).contains("COMPLETED");
            assertThat(karaf.type("jobctl:vol-create images a.img 64GiB --sparse"))
                    .contains("COMPLETED");
            String clone = firstNumber(karaf.type("jobctl:vol-clone images a.img b.img -b"));
            karaf.type("jobctl:bandwidth " + clone + " 1MiB");
            await().atMost(Karaf.PATIENCE)
                    .until(() -> karaf.find("images/*.part"), found -> !found.isEmpty());
            assertThat(karaf.type("jobctl:list")).contains("#" + clone + " VOLUME_CLONE");

            karaf.kill();
            karaf.start();

            karaf.typeUntil("jobctl:history", "VOLUME_CLONE");
            assertThat(karaf.type("jobctl:history --max 1000").lines())
                    .anyMatch(line -> line.matches(".*\\b" + clone + "\\b.*")
                            && line.contains("VOLUME_CLONE")
                            && line.contains("ABORTED"));
            assertThat(karaf.find("images/*"))
                    .extracting(Path::getFileName)
                    .containsExactly(Path.of("a.img"));
            karaf.typeUntil("jobctl:pool-start images", "COMPLETED");
            String next = firstNumber(karaf.type("jobctl:vol-clone images a.img c.img -b"));
            assertThat(Long.parseLong(next)).isGreaterThan(Long.parseLong(clone));
        }
    }
}
