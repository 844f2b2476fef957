package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clones from one pool into another, while others go the other way. */
class TwoPoolsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PAIRS = 1000;

    @TempDir
    Path directory;

    @Test
    @Timeout(240)
    void clones_thatCross_neverDeadlock() throws Exception {
        try (StorageFixture storage = new StorageFixture()) {
            Path placeOfA = Files.createDirectory(directory.resolve("a"));
            Path placeOfB = Files.createDirectory(directory.resolve("b"));
            StoragePool a = storage.pool("a", placeOfA);
            StoragePool b = storage.pool("b", placeOfB);
            StorageVolume inA = volume(a, "source", 1);
            StorageVolume inB = volume(b, "source", 1);
            List<JobFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                all.add(inA.cloneTo(b, "copy-" + i, PATIENCE));
                all.add(inB.cloneTo(a, "copy-" + i, PATIENCE));
                if (i % 50 == 0) {
                    // Both pools alone now and then, so that the pairs have to queue.
                    all.add(a.refresh(PATIENCE));
                    all.add(b.refresh(PATIENCE));
                }
            }
            for (JobFuture<?> one : all) {
                one.await();
            }
            assertThat(files(placeOfA)).hasSize(PAIRS + 1);
            assertThat(files(placeOfB)).hasSize(PAIRS + 1);
            assertIdle(a.jobs());
            assertIdle(b.jobs());
        }
    }
}
