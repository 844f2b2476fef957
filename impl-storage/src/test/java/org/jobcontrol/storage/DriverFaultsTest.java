package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.files;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver or a disk that fails in the middle: the failure has names, and nothing is left held. */
@Timeout(60)
class DriverFaultsTest {
    private static final byte[] BYTES = {1, 2, 3};

    private final HookedDriver driver = new HookedDriver(new DirectoryDriver((Path) null));
    private final StorageFixture storage = new StorageFixture(driver);

    @TempDir
    Path directory;

    private StoragePool pool;
    private StorageVolume volume;

    /** Each kind of work, and what it is called by the hook. */
    enum Work {
        REFRESH("scan", (pool, volume) -> pool.refresh(LONG).await()),
        STOP("stop", (pool, volume) -> pool.stop(LONG)),
        POOL_QUERY("pool-query", (pool, volume) -> pool.query(LONG)),
        CREATE(
                "create",
                (pool, volume) -> pool.create(VolumeSpec.sparse("new", 1), LONG).await()),
        CLONE("copy", (pool, volume) -> volume.cloneTo(pool, "new", LONG).await()),
        WIPE("wipe", (pool, volume) -> volume.wipe(LONG).await()),
        RESIZE("resize", (pool, volume) -> volume.resize(100, LONG).await()),
        OPEN_UPLOAD("upload", (pool, volume) -> volume.openUpload(0, 1, LONG)),
        UPLOAD(
                "upload",
                (pool, volume) ->
                        volume.upload(new ByteArrayInputStream(BYTES), LONG).await()),
        OPEN_DOWNLOAD("download", (pool, volume) -> volume.openDownload(0, 1, LONG)),
        DOWNLOAD(
                "download",
                (pool, volume) ->
                        volume.download(OutputStream.nullOutputStream(), LONG).await()),
        QUERY("query", (pool, volume) -> volume.query(LONG)),
        DELETE("delete", (pool, volume) -> volume.delete(LONG));

        private final String work;
        private final Action action;

        Work(String work, Action action) {
            this.work = work;
            this.action = action;
        }
    }

    /** Does work on a pool or a volume of it. */
    @FunctionalInterface
    interface Action {
        void on(StoragePool pool, StorageVolume volume) throws Exception;
    }

    @BeforeEach
    void startPool() throws Exception {
        pool = storage.pool("images", directory);
        volume = volume(pool, "a.img", 10);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private void assertNothingHeld() throws Exception {
        await().untilAsserted(() -> {
            assertIdle(pool.jobs());
            assertIdle(volume.jobs());
        });
        assertThat(files(directory)).containsExactly("a.img");
        driver.hook((work, job) -> {});
        pool.refresh(LONG).await();
        volume.query(LONG);
    }

    @ParameterizedTest
    @EnumSource
    void failure_ofTheDriver_isTheOperations(Work work) throws Exception {
        driver.hook((begun, job) -> {
            if (begun.equals(work.work)) {
                throw new StorageException(
                        Reason.IO, "images", "a.img", "the disk is tired", new IOException("EIO"));
            }
        });
        assertThatThrownBy(() -> work.action.on(pool, volume)).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("images/a.img")
                    .hasMessageContaining("the disk is tired")
                    .hasRootCauseMessage("EIO");
        });
        assertNothingHeld();
    }

    @ParameterizedTest
    @EnumSource
    void bug_ofTheDriver_isTheOperations(Work work) throws Exception {
        driver.hook((begun, job) -> {
            if (begun.equals(work.work)) {
                throw new IllegalStateException("a bug");
            }
        });
        assertThatThrownBy(() -> work.action.on(pool, volume)).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("a bug");
        });
        assertNothingHeld();
    }

    @Test
    void clone_ofAFileThatShrinks_failsAndLeavesNothing() throws Exception {
        StorageVolume large = volume(pool, "large.img", 8 << 20);
        JobFuture<StorageVolume> clone = slowClone(large);
        await().until(() -> progress(clone) > 0);
        Files.write(large.path(), BYTES, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(clone::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("images/")
                .hasMessageContaining("shorter");
        assertThat(files(directory)).containsExactly("a.img", "large.img");
        assertIdle(pool.jobs());
    }

    @Test
    void clone_ofAFileThatGrows_isWhatItWasAtFirst() throws Exception {
        StorageVolume large = volume(pool, "large.img", 8 << 20);
        JobFuture<StorageVolume> clone = slowClone(large);
        await().until(() -> progress(clone) > 0);
        Files.write(large.path(), BYTES, StandardOpenOption.APPEND);
        storage.engine.admin().bandwidth(clone.id(), 0);
        assertThat(Files.size(clone.await().path())).isEqualTo(8 << 20);
    }

    @Test
    void wipe_ofAFileThatGrew_overwritesAllThatIsThere() throws Exception {
        Files.write(volume.path(), BYTES, StandardOpenOption.APPEND);
        volume.wipe(LONG).await();
        assertThat(Files.readAllBytes(volume.path())).hasSize(13).containsOnly(0);
        assertThat(volume.info().capacity()).isEqualTo(13);
    }

    @Test
    void directory_removedUnderAClone_failsAndHoldsNothing() throws Exception {
        StorageVolume large = volume(pool, "large.img", 8 << 20);
        JobFuture<StorageVolume> clone = slowClone(large);
        await().until(() -> progress(clone) > 0);
        for (String file : files(directory)) {
            Files.delete(directory.resolve(file));
        }
        Files.delete(directory);
        storage.engine.admin().bandwidth(clone.id(), 0);
        assertThatThrownBy(clone::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("pool images")
                .hasMessageContaining("there is no directory");
        assertIdle(pool.jobs());
    }

    private JobFuture<StorageVolume> slowClone(StorageVolume source) {
        driver.hook((work, job) -> {
            if (work.equals("copy")) {
                job.bandwidth(1 << 20);
            }
        });
        return source.cloneTo(pool, "copy", LONG);
    }

    private long progress(JobFuture<?> work) {
        return storage.control.job(work.id()).orElseThrow().progress().data().processed();
    }
}
