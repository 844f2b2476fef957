package org.jobcontrol.karaf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What a Karaf keeps when job control is taken out, put in again, or Karaf forgets its data. */
@Tag("slow")
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class KarRedeployIT {
    private static final Path KAR = Path.of(System.getProperty("karaf.kar"));

    @Test
    void poolsAndHistory_outliveARedeployAndAStartWithClean() throws Exception {
        try (Karaf karaf = new Karaf().withoutJobControl().start()) {
            Path images = Files.createDirectory(karaf.home.resolve("images"));
            karaf.drop(KAR, "deploy");
            karaf.typeUntil("jobctl:pool-define images " + images, "pool images is defined");
            karaf.type("jobctl:pool-start images");
            assertThat(karaf.type("jobctl:pool-list")).contains("images");
            assertThat(karaf.type("jobctl:history")).contains("POOL_START");
            assertThat(karaf.home.resolve("jobcontrol/storage/pools.properties"))
                    .exists();
            assertThat(karaf.home.resolve("jobcontrol/journal/jobs.journal")).exists();

            Files.delete(karaf.home.resolve("deploy").resolve(KAR.getFileName()));
            karaf.typeUntil("bundle:list | grep -c jobcontrol", "0");
            karaf.drop(KAR, "deploy");
            assertAllIsThere(karaf);

            karaf.stop();
            karaf.start("clean");
            assertAllIsThere(karaf);
        }
    }

    private static void assertAllIsThere(Karaf karaf) throws Exception {
        karaf.typeUntil("jobctl:pool-list", "images");
        assertThat(karaf.type("jobctl:history")).contains("POOL_START", "images");
    }

    /** The feature before had the journal below karaf.data, and wrote that into etc. */
    @Test
    void journalOfAnEarlierVersion_isTakenAlong() throws Exception {
        try (Karaf karaf = new Karaf()) {
            Files.writeString(
                    karaf.home.resolve("etc/org.jobcontrol.cfg"),
                    "journal_dir = ${karaf.data}/jobcontrol/journal\n");
            Path former = karaf.home.resolve("data/jobcontrol/journal");
            Files.createDirectories(former);
            Files.createFile(former.resolve("jobs.journal"));
            karaf.start();
            karaf.typeUntil("jobctl:list", "TARGET");
            assertThat(karaf.home.resolve("jobcontrol/journal/jobs.journal")).isNotEmptyFile();
            assertThat(former.resolve("jobs.journal")).doesNotExist();
        }
    }
}
