package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Work on pools themselves: making and removing their place, stopping by force, being remembered. */
@Timeout(120)
class PoolChangesTest {
    private static final long HUGE = 1L << 36;

    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        storage.close();
    }

    // ---- its place ------------------------------------------------------------------------------

    @Test
    void build_makesTheDirectory_deleteRemovesIt() throws Exception {
        Path place = directory.resolve("deep/er");
        StoragePool pool = storage.pools.define(PoolSpec.directory("images", place));
        assertThatThrownBy(() -> pool.start(LONG).await())
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("there is no directory");
        pool.build(LONG).await();
        pool.start(LONG).await();
        assertThatThrownBy(() -> pool.build(LONG).await())
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("is active");
        pool.stop(LONG);
        pool.delete(LONG);
        assertThat(place).doesNotExist();
        assertThat(storage.pools.find("images")).isPresent();
        assertIdle(pool.jobs());
    }

    @Test
    void delete_withSomethingInIt_keepsIt() throws Exception {
        StoragePool pool = storage.pool("images", directory);
        volume(pool, "a.img", 1);
        assertThatThrownBy(() -> pool.delete(LONG)).hasMessageContaining("is active");
        pool.stop(LONG);
        assertThatThrownBy(() -> pool.delete(LONG))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_STATE))
                .hasMessageContaining("is not empty");
        assertThat(files(directory)).containsExactly("a.img");
    }

    // ---- force ----------------------------------------------------------------------------------

    @Test
    void forceStop_abortsWhatRunsAndWaits_andSaysWhich() throws Exception {
        StoragePool pool = storage.pool("images", directory);
        StorageVolume wiped =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        StorageVolume written = volume(pool, "b.img", 10);
        JobFuture<Void> wipe = wiped.wipe(LONG);
        await().until(() -> wiped.jobs().info().async().isPresent());
        JobFuture<Void> waiter = wiped.wipe(LONG);
        VolumeUpload upload = written.openUpload(0, 10, LONG);
        await().until(() -> wiped.jobs().info().queue().size() == 1);
        assertThatThrownBy(() -> pool.stop(Duration.ZERO)).isInstanceOf(JobRefusedException.class);
        List<JobInfo> asked = pool.forceStop(LONG);
        assertThat(asked)
                .extracting(JobInfo::id)
                .containsExactlyInAnyOrder(wipe.id(), waiter.id(), upload.job().id());
        assertThat(asked)
                .extracting(job -> job.target().toString())
                .contains("volume images/a.img", "volume images/b.img");
        assertThat(pool.state()).isEqualTo(PoolState.INACTIVE);
        assertThatThrownBy(wipe::await).isInstanceOf(JobAbortedException.class);
        assertThatThrownBy(waiter::await).isInstanceOf(JobRefusedException.class);
        assertThat(upload.isOpen()).isFalse();
    }

    @Test
    void forceStop_ofAnIdlePool_asksNobody() throws Exception {
        StoragePool pool = storage.pool("images", directory);
        assertThat(pool.forceStop(LONG)).isEmpty();
        assertThatThrownBy(() -> pool.forceStop(LONG)).isInstanceOf(StorageException.class);
    }

    @Test
    void forceDelete_abortsAWipe() throws Exception {
        StoragePool pool = storage.pool("images", directory);
        StorageVolume volume =
                pool.create(VolumeSpec.sparse("a.img", HUGE), LONG).await();
        JobFuture<Void> wipe = volume.wipe(LONG);
        await().until(() -> volume.jobs().info().async().isPresent());
        assertThat(volume.forceDelete(LONG)).extracting(JobInfo::id).containsExactly(wipe.id());
        assertThat(files(directory)).isEmpty();
        assertThat(pool.volume("a.img")).isEmpty();
    }

    // ---- being remembered -----------------------------------------------------------------------

    @Test
    void definitions_outliveTheDriver() throws Exception {
        Path state = Files.createDirectory(directory.resolve("state"));
        Path place = Files.createDirectory(directory.resolve("ünïcode = #1"));
        StorageFixture before = new StorageFixture(new DirectoryDriver(state));
        PoolSpec spec = new PoolSpec("bilder ü", "dir", place, Map.of("owner", "a=b # c"));
        before.pools.define(spec);
        before.pools.define(PoolSpec.directory("other", directory.resolve("o")));
        StoragePool other = before.pools.find("other").orElseThrow();
        other.undefine(LONG);
        before.close();
        StorageFixture after = new StorageFixture(new DirectoryDriver(state));
        assertThat(after.pools.list()).singleElement().satisfies(pool -> {
            assertThat(pool.spec()).isEqualTo(spec);
            assertThat(pool.state()).isEqualTo(PoolState.INACTIVE);
        });
        after.pools.find("bilder ü").orElseThrow().start(LONG).await();
        after.close();
    }

    @Test
    void definitions_thatCannotBeKept_areRefused() throws Exception {
        Path state = Files.createFile(directory.resolve("file")).resolve("state");
        StorageFixture fixture = new StorageFixture(new DirectoryDriver(state));
        assertThatThrownBy(() -> fixture.pools.define(PoolSpec.directory("images", directory)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("pool images")
                .hasMessageContaining("cannot be kept");
        assertThat(fixture.pools.list()).isEmpty();
        fixture.close();
    }

    @Test
    void definitions_thatAreDamaged_doNotKeepTheDriverFromStarting() throws Exception {
        Files.write(directory.resolve("pools.properties"), new byte[] {'\\', 'u', 'z', '\n'});
        assertThat(new DirectoryDriver(directory).list()).isEmpty();
        Files.writeString(directory.resolve("pools.properties"), "../x=/a\nimages=/b\0c\nok=/d\n");
        assertThat(new DirectoryDriver(directory).list())
                .extracting(PoolSpec::name)
                .containsExactly("ok");
    }
}
