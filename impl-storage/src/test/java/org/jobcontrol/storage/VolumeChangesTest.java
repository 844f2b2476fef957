package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work that changes a volume in place: its size, and its bytes. */
@Timeout(120)
class VolumeChangesTest {
    /** Sparse to make and long to wipe: an abort comes in the middle. */
    private static final long HUGE = 1L << 36;

    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

    private StoragePool pool;

    @BeforeEach
    void startPool() throws Exception {
        pool = storage.pool("images", directory);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private JobInfo async(StorageVolume volume) {
        return volume.jobs().info().async().orElseThrow();
    }

    // ---- size -----------------------------------------------------------------------------------

    @Test
    void resize_larger_keepsTheDataAndTakesNoSpace() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 1000);
        byte[] before = Files.readAllBytes(volume.path());
        volume.resize(2000, LONG).await();
        assertThat(volume.info().capacity()).isEqualTo(2000);
        byte[] after = Files.readAllBytes(volume.path());
        assertThat(after).startsWith(before).hasSize(2000);
        assertThat(after[1999]).isZero();
    }

    @Test
    void resize_smaller_isRefused_shrinkIsNot() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 1000);
        JobFuture<Void> resize = volume.resize(999, LONG);
        assertThatThrownBy(resize::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_STATE))
                .hasMessageContaining("images/a.img")
                .hasMessageContaining("would lose");
        assertThat(Files.size(volume.path())).isEqualTo(1000);
        volume.shrink(10, LONG).await();
        assertThat(Files.size(volume.path())).isEqualTo(10);
        volume.shrink(0, LONG).await();
        assertThat(volume.info().capacity()).isZero();
    }

    @Test
    void resize_outOfRange_isNamed() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 10);
        assertThatThrownBy(() -> volume.resize(-1, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        JobFuture<Void> resize = volume.resize(Long.MAX_VALUE, LONG);
        assertThatThrownBy(resize::await).hasCauseInstanceOf(StorageException.class);
        assertThat(Files.size(volume.path())).isEqualTo(10);
        assertIdle(volume.jobs());
    }

    // ---- wipe -----------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void wipe_withEachAlgorithm_leavesNothingOfTheData(WipeAlgorithm algorithm) throws Exception {
        int size = 2 * MIB + 5;
        StorageVolume volume = volume(pool, "a.img", size);
        byte[] before = Files.readAllBytes(volume.path());
        JobFuture<Void> wipe = volume.wipe(algorithm, LONG);
        wipe.await();
        byte[] after = Files.readAllBytes(volume.path());
        assertThat(after).hasSize(size);
        int same = 0;
        for (int i = 0; i < size; i++) {
            same += after[i] == before[i] ? 1 : 0;
        }
        // Random bytes are the old ones one time in 256.
        assertThat(same).isLessThan(size / 200);
        if (List.of(WipeAlgorithm.ZERO, WipeAlgorithm.NNSA, WipeAlgorithm.TRIM)
                .contains(algorithm)) {
            assertThat(after).containsOnly(0);
        }
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
        JobInfo ended = storage.control.ended(wipe.id()).toCompletableFuture().join();
        assertThat(ended.progress().data().remaining()).isZero();
    }

    @Test
    void wipe_aborted_endsWithin100Millis_andTheVolumeIsMarked() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        JobFuture<Void> wipe = volume.wipe(LONG);
        await().until(() -> async(volume).progress().data().processed() > 0);
        long asked = System.nanoTime();
        wipe.cancel();
        assertThatThrownBy(wipe::await).isInstanceOf(JobAbortedException.class);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
        // A slow disk may have been busy with what was forced.
        assertThat(millis).isLessThan(1000);
        System.out.println("an aborted wipe ended after " + millis + " ms");
        assertThat(volume.info().state()).isEqualTo(VolumeState.PARTLY_WIPED);
        assertThat(volume.cloneTo(pool, "b.img", LONG).await().info().state())
                .isEqualTo(VolumeState.PARTLY_WIPED);
        // Another driver has not seen it being wiped.
        StorageFixture later = new StorageFixture(new DirectoryDriver((Path) null));
        StoragePool again = later.pool("images", directory);
        assertThat(again.volume("a.img").orElseThrow().info().state())
                .isEqualTo(VolumeState.PARTLY_WIPED);
        later.close();
    }

    // ---- steering -------------------------------------------------------------------------------

    @Test
    void pause_stopsAWipe_andResumeLetsItGoOn() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        JobFuture<Void> wipe = volume.wipe(LONG);
        await().until(() -> async(volume).progress().data().processed() > 0);
        storage.engine.admin().pause(wipe.id());
        await().until(() -> async(volume).state() == JobState.PAUSED);
        long done = async(volume).progress().data().processed();
        assertThat(volume.jobs().tryBegin(JobType.QUERY, "beside")).isEmpty();
        assertThat(async(volume).progress().data().processed()).isEqualTo(done);
        storage.engine.admin().resume(wipe.id());
        await().until(() -> async(volume).progress().data().processed() > done);
        wipe.cancel();
        assertThatThrownBy(wipe::await).isInstanceOf(JobAbortedException.class);
    }
}
