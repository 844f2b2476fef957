package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jobcontrol.core.journal.Lives;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process with storage jobs is killed at random moments, many times in one directory. */
@Timeout(900)
class KilledTest {
    private static final int TIMES = Boolean.getBoolean("stress.long") ? 200 : 12;
    private static final int MOST_MILLIS = 350;

    @TempDir
    private Path directory;

    @Test
    void killedAtAnyMoment_losesNothingAndRepeatsNothing() throws Exception {
        Lives lives = new Lives(KilledProcess.class, MOST_MILLIS);
        for (int life = 0; life < TIMES; life++) {
            lives.live(this::assertNoHalfBuiltFile, directory.toString(), String.valueOf(life));
        }
        System.out.println(lives.summary());
    }

    private void assertNoHalfBuiltFile(int life) throws IOException {
        List<String> files = StorageFixture.files(directory.resolve("images"));
        assertThat(files)
                .as("files when life %d has recovered", life)
                .noneMatch(name -> name.startsWith("."));
        for (String name : files) {
            assertThat(Files.size(directory.resolve("images").resolve(name)))
                    .as(name)
                    .isGreaterThanOrEqualTo(3 << 20);
        }
    }
}
