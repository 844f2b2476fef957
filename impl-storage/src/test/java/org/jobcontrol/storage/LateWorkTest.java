package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An owner that hangs is released, somebody else takes over, and then the first one wakes up. */
class LateWorkTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void releasedJob_isStale_andTheDriverRefusesItsLateWork() throws Exception {
        StoragePool pool = storage.pool("images", directory);
        StorageVolume volume =
                pool.create(VolumeSpec.allocated("a.img", MIB), LONG).await();
        PoolSpec spec = PoolSpec.directory("images", directory);
        AsyncJob hung = begin(volume);
        VolumeSink sink = storage.driver.openSink(spec, "a.img", 0, hung);
        sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));

        storage.engine.admin().release(hung.id(), "its thread hangs");
        assertThat(hung.info().outcome()).contains(JobOutcome.ORPHANED);
        assertThatThrownBy(hung::checkpoint).hasMessageContaining("taken from its owner");
        try (AsyncJob next = begin(volume)) {
            assertThat(next.fence()).isGreaterThan(hung.fence());
            storage.driver.resize(spec, "a.img", 2 * MIB, next);
        }

        assertThatThrownBy(() -> storage.driver.resize(spec, "a.img", 3 * MIB, hung))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.FENCED))
                .hasMessageContaining(
                        "job #" + hung.id() + " (VOLUME_RESIZE) has fence " + hung.fence());
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[] {4})))
                .hasMessageContaining("has changed it since");
        assertThatThrownBy(sink::complete).hasMessageContaining("has changed it since");
        sink.close();
        assertThat(volume.path()).hasSize(2 * MIB);
    }

    private static AsyncJob begin(StorageVolume volume) throws Exception {
        return volume.jobs().beginAsync(StorageOperation.VOLUME_RESIZE, JobMask.NONE, LONG);
    }
}
