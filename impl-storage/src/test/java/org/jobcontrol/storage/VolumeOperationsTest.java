package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the operations of volumes do to real files, side by side and one after another. */
@Timeout(120)
class VolumeOperationsTest {
    /** Sparse to make and long to copy or wipe: an abort comes in the middle. */
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

    private JobInfo ended(JobFuture<?> future) {
        return storage.control.ended(future.id()).toCompletableFuture().join();
    }

    // ---- bytes ----------------------------------------------------------------------------------

    @Test
    void create_sparse_takesNoSpace() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        assertThat(Files.size(volume.path())).isEqualTo(HUGE);
        assertThat(volume.info().capacity()).isEqualTo(HUGE);
        assertThat(volume.info().allocation()).isZero();
    }

    @Test
    void create_allocated_reportsItsBytes() throws Exception {
        JobFuture<StorageVolume> future = pool.create(VolumeSpec.allocated("a.img", 3 * MIB), LONG);
        assertThat(Files.size(future.await().path())).isEqualTo(3 * MIB);
        assertThat(ended(future).progress().data()).isEqualTo(Progress.Amount.of(3 * MIB, 3 * MIB));
    }

    @Test
    void create_empty_isAFile() throws Exception {
        StorageVolume volume = pool.create(VolumeSpec.sparse("empty", 0), LONG).await();
        assertThat(Files.size(volume.path())).isZero();
    }

    @Test
    void cloneTo_anotherPool_hasTheSameBytes(@TempDir Path other) throws Exception {
        StorageVolume source = volume(pool, "a.img", 2 * MIB + 17);
        StoragePool second = storage.pool("backup", other);
        StorageVolume copy = source.cloneTo(second, "copy.img", LONG).await();
        assertThat(copy.path()).hasSameBinaryContentAs(source.path());
        assertThat(copy.pool().name()).isEqualTo("backup");
        assertThat(second.volume("copy.img")).isPresent();
        assertThat(files(other)).containsExactly("copy.img");
    }

    @Test
    void cloneTo_sparseSource_staysSparse() throws Exception {
        StorageVolume source =
                pool.create(VolumeSpec.sparse("a.img", 64 * MIB), LONG).await();
        StorageVolume copy = source.cloneTo(pool, "copy.img", LONG).await();
        assertThat(Files.size(copy.path())).isEqualTo(64 * MIB);
        assertThat(copy.info().allocation()).isZero();
    }

    @Test
    void wipe_leavesOnlyZeros() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 2 * MIB + 5);
        JobFuture<Void> wipe = volume.wipe(LONG);
        wipe.await();
        assertThat(Files.readAllBytes(volume.path())).containsOnly(0).hasSize(2 * MIB + 5);
        assertThat(ended(wipe).progress().data().remaining()).isZero();
    }

    @Test
    void delete_removesFileAndJobObject() throws Exception {
        StorageVolume volume = volume(pool, "a.img", 10);
        volume.delete(LONG);
        assertThat(files(directory)).isEmpty();
        assertThat(pool.volumes()).isEmpty();
        assertThat(storage.control.find(volume.jobs().target())).isEmpty();
        assertThatThrownBy(() -> volume.jobs().begin(JobType.QUERY, "late"))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("volume images/a.img is gone");
    }

    @Test
    void refresh_findsWhatIsThereNow() throws Exception {
        StorageVolume gone = volume(pool, "gone.img", 10);
        Files.delete(gone.path());
        Files.writeString(directory.resolve("new.img"), "12345");
        pool.refresh(LONG).await();
        assertThat(pool.volumes()).extracting(StorageVolume::name).containsExactly("new.img");
        assertThat(pool.volume("new.img").orElseThrow().info().capacity()).isEqualTo(5);
        assertThat(storage.control.find(gone.jobs().target())).isEmpty();
    }

    /** Begins clones that take half a minute: to share or copy data takes no time to speak of. */
    private List<JobFuture<StorageVolume>> slowClones(StorageVolume source, String... names)
            throws Exception {
        List<JobFuture<StorageVolume>> clones = new ArrayList<>();
        try (Job holder = pool.jobs().begin(JobType.MODIFY, "holder")) {
            for (String name : names) {
                JobFuture<StorageVolume> clone = source.cloneTo(pool, name, LONG);
                storage.engine.admin().bandwidth(clone.id(), MIB);
                clones.add(clone);
            }
        }
        return clones;
    }

    // ---- side by side ---------------------------------------------------------------------------

    @Test
    void clones_ofOneSource_goSideBySideAndOthersWait() throws Exception {
        StorageVolume source = volume(pool, "a.img", 32 * MIB);
        List<JobFuture<StorageVolume>> clones = slowClones(source, "one.img", "two.img");
        await().until(() -> source.jobs().info().jobs().size() == 2);
        assertThatThrownBy(() -> source.wipe(Duration.ZERO).await())
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("volume images/a.img: 'VOLUME_WIPE' (ASYNC) cannot begin now")
                .hasMessageContaining("'volume.clone' (bundle com.acme.test");
        JobFuture<Void> refresh = pool.refresh(LONG);
        JobFuture<Void> wipe = source.wipe(LONG);
        storage.engine.admin().bandwidth(wipe.id(), MIB);
        assertThat(pool.jobs().info().queue()).extracting(JobInfo::id).contains(refresh.id());
        clones.forEach(JobFuture::cancel);
        refresh.await();
        await().until(() -> source.jobs().info().async().isPresent());
        wipe.cancel();
        assertThatThrownBy(wipe::await).isInstanceOf(JobAbortedException.class);
        assertThat(files(directory)).containsExactly("a.img");
        assertThat(pool.volumes()).hasSize(1);
    }

    @Test
    void progress_ofAClone_neverGoesBack() throws Exception {
        StorageVolume source = volume(pool, "a.img", 32 * MIB);
        JobFuture<StorageVolume> clone = source.cloneTo(pool, "copy.img", LONG);
        List<Long> seen = new ArrayList<>();
        while (!clone.toCompletableFuture().isDone()) {
            storage.control
                    .job(clone.id())
                    .ifPresent(job -> seen.add(job.progress().data().processed()));
        }
        clone.await();
        assertThat(seen).isSorted();
        assertThat(ended(clone).progress().data())
                .isEqualTo(Progress.Amount.of(32 * MIB, 32 * MIB));
    }

    @Test
    void operations_inAnothersName_sayWhose() throws Exception {
        StoragePool theirs = new StoragePoolsService(
                        storage.catalog, storage.engine.control("com.acme.backup"))
                .find("images")
                .orElseThrow();
        JobFuture<StorageVolume> future = theirs.create(VolumeSpec.sparse("a.img", 1), LONG);
        future.await();
        assertThat(ended(future).owner().bundle()).isEqualTo("com.acme.backup");
        assertThat(theirs).isEqualTo(pool);
    }

    // ---- abort ----------------------------------------------------------------------------------

    @Test
    void abort_ofACreate_leavesNothing() throws Exception {
        assertAbortLeaves(pool.create(VolumeSpec.full("a.img", HUGE), LONG));
        assertThat(pool.volumes()).isEmpty();
        await().untilAsserted(() -> assertThat(storage.control.objects()).hasSize(1));
    }

    @Test
    void abort_ofAClone_leavesTheSource() throws Exception {
        StorageVolume source = volume(pool, "a.img", 32 * MIB);
        assertAbortLeaves(slowClones(source, "copy.img").get(0), "a.img");
        assertIdle(source.jobs());
    }

    @Test
    void abort_ofAWipe_isPrompt() throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        assertAbortLeaves(volume.wipe(LONG), "a.img");
        assertIdle(volume.jobs());
    }

    private void assertAbortLeaves(JobFuture<?> future, String... files) throws Exception {
        await().until(() ->
                storage.control.job(future.id()).orElseThrow().progress().data().processed() > 0);
        long asked = System.nanoTime();
        storage.control.abort(future.id(), LONG);
        // The goal is 100 ms; the rest is for a machine that is busy with other things.
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        assertThatThrownBy(future::await).isInstanceOf(JobAbortedException.class);
        assertThat(ended(future).outcome()).contains(JobOutcome.ABORTED);
        assertThat(files(directory)).containsExactly(files);
        assertIdle(pool.jobs());
    }

    // ---- under a job of the caller --------------------------------------------------------------

    @Test
    void create_underAPoolJob_needsNoOtherHold() throws Exception {
        try (Job build = pool.jobs().begin(JobType.MODIFY, "build")) {
            pool.create(VolumeSpec.sparse("a.img", 1), build);
            pool.create(VolumeSpec.sparse("b.img", 1), build);
        }
        assertThat(pool.volumes())
                .extracting(StorageVolume::name)
                .containsExactly("a.img", "b.img");
        assertIdle(pool.jobs());
    }

    @Test
    void delete_underAForeignJob_isNamed() throws Exception {
        StorageVolume a = volume(pool, "a.img", 1);
        StorageVolume b = volume(pool, "b.img", 1);
        try (Job job = a.jobs().begin(JobType.DESTROY, "delete")) {
            assertThatThrownBy(() -> b.delete(job))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a DESTROY job on volume images/b.img is needed");
            a.delete(job);
        }
        assertThat(files(directory)).containsExactly("b.img");
    }
}
