package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.storage.LibvirtError;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What libvirt allows and refuses while one clone runs, cell by cell: with no time to wait we refuse
 * the same with the same code; with time to wait what libvirt refuses waits, and is done afterwards.
 */
@Timeout(60)
class GoldenMatrixTest {
    private static final LibvirtError OK = null;

    private final CountDownLatch thaw = new CountDownLatch(1);
    private final CountDownLatch frozen = new CountDownLatch(1);
    private final HookedDriver driver = new HookedDriver(new DirectoryDriver((Path) null));
    private final StorageFixture storage = new StorageFixture(driver);

    @TempDir
    Path directory;

    private StoragePool pool;

    /** Does something to the pool, or to volumes of it. */
    @FunctionalInterface
    interface Action {
        void on(StoragePool pool, Duration timeout) throws Exception;
    }

    private static StorageVolume at(StoragePool pool, String name) {
        return pool.volume(name).orElseThrow();
    }

    private static final byte[] BYTE = {1};

    /** What is done while {@code src} is cloned to {@code copy}, beside {@code other}. */
    enum Cell {
        POOL_INFO((pool, timeout) -> pool.query(timeout), OK),
        VOLUME_LIST((pool, timeout) -> assertThat(pool.volumes()).hasSize(3), OK),
        INFO_OF_THE_COPY((pool, timeout) -> at(pool, "copy").info(), OK),
        PATH_OF_THE_COPY((pool, timeout) -> at(pool, "copy").path(), OK),
        POOL_REFRESH((pool, timeout) -> pool.refresh(timeout).await(), LibvirtError.INTERNAL_ERROR),
        POOL_STOP((pool, timeout) -> pool.stop(timeout), LibvirtError.INTERNAL_ERROR),
        POOL_UNDEFINE(
                (pool, timeout) -> pool.undefine(timeout),
                LibvirtError.OPERATION_INVALID,
                Reason.INVALID_STATE),
        POOL_DELETE(
                (pool, timeout) -> pool.delete(timeout),
                LibvirtError.OPERATION_INVALID,
                Reason.INVALID_STATE),
        DELETE_THE_COPY(
                (pool, timeout) -> at(pool, "copy").delete(timeout),
                LibvirtError.OPERATION_INVALID),
        DOWNLOAD_THE_COPY(
                (pool, timeout) -> at(pool, "copy")
                        .download(OutputStream.nullOutputStream(), timeout)
                        .await(),
                LibvirtError.OPERATION_INVALID),
        CLONE_THE_COPY(
                (pool, timeout) ->
                        at(pool, "copy").cloneTo(pool, "next", timeout).await(),
                LibvirtError.OPERATION_INVALID),
        DELETE_THE_SOURCE(
                (pool, timeout) -> at(pool, "src").delete(timeout), LibvirtError.OPERATION_INVALID),
        WIPE_THE_SOURCE(
                (pool, timeout) -> at(pool, "src").wipe(timeout).await(),
                LibvirtError.OPERATION_INVALID),
        RESIZE_THE_SOURCE(
                (pool, timeout) -> at(pool, "src").resize(5000, timeout).await(),
                LibvirtError.OPERATION_INVALID),
        UPLOAD_TO_THE_SOURCE(
                (pool, timeout) -> at(pool, "src")
                        .upload(new ByteArrayInputStream(BYTE), timeout)
                        .await(),
                LibvirtError.OPERATION_INVALID),
        DOWNLOAD_THE_SOURCE(
                (pool, timeout) -> at(pool, "src")
                        .download(OutputStream.nullOutputStream(), timeout)
                        .await(),
                OK),
        CLONE_THE_SOURCE_AGAIN(
                (pool, timeout) ->
                        at(pool, "src").cloneTo(pool, "second", timeout).await(),
                OK),
        CREATE_ANOTHER(
                (pool, timeout) ->
                        pool.create(VolumeSpec.sparse("new", 1), timeout).await(),
                OK),
        DELETE_ANOTHER((pool, timeout) -> at(pool, "other").delete(timeout), OK),
        RESIZE_ANOTHER(
                (pool, timeout) -> at(pool, "other").resize(5000, timeout).await(), OK),
        WIPE_ANOTHER((pool, timeout) -> at(pool, "other").wipe(timeout).await(), OK),
        UPLOAD_TO_ANOTHER(
                (pool, timeout) -> at(pool, "other")
                        .upload(new ByteArrayInputStream(BYTE), timeout)
                        .await(),
                OK),
        CREATE_WITH_THE_COPYS_NAME(
                (pool, timeout) ->
                        pool.create(VolumeSpec.sparse("copy", 1), timeout).await(),
                LibvirtError.STORAGE_VOL_EXIST,
                Reason.EXISTS),
        CLONE_WITH_THE_COPYS_NAME(
                (pool, timeout) ->
                        at(pool, "other").cloneTo(pool, "copy", timeout).await(),
                LibvirtError.INTERNAL_ERROR,
                Reason.EXISTS);

        private final Action action;
        private final Optional<LibvirtError> refused;
        private final Optional<Reason> afterwards;

        Cell(Action action, LibvirtError refused) {
            this(action, refused, null);
        }

        Cell(Action action, LibvirtError refused, Reason afterwards) {
            this.action = action;
            this.refused = Optional.ofNullable(refused);
            this.afterwards = Optional.ofNullable(afterwards);
        }
    }

    /** What is done while the pool starts. */
    enum WhileStarting {
        START((pool, timeout) -> pool.start(timeout).await()),
        BUILD((pool, timeout) -> pool.build(timeout).await()),
        STOP((pool, timeout) -> pool.stop(timeout)),
        DELETE((pool, timeout) -> pool.delete(timeout)),
        REFRESH((pool, timeout) -> pool.refresh(timeout).await()),
        UNDEFINE((pool, timeout) -> pool.undefine(timeout));

        private final Action action;

        WhileStarting(Action action) {
            this.action = action;
        }
    }

    @BeforeEach
    void makeVolumes() throws Exception {
        pool = storage.pool("p", directory);
        volume(pool, "src", 4096);
        volume(pool, "other", 4096);
    }

    @AfterEach
    void stop() {
        thaw.countDown();
        storage.close();
    }

    private void freeze(String work) {
        driver.hook((begun, job) -> {
            // Only the first: a second clone goes its way.
            if (begun.equals(work) && frozen.getCount() > 0) {
                frozen.countDown();
                thaw.await();
            }
        });
    }

    private JobFuture<StorageVolume> frozenClone() throws Exception {
        freeze("copy");
        JobFuture<StorageVolume> clone = at(pool, "src").cloneTo(pool, "copy", LONG);
        frozen.await();
        return clone;
    }

    private boolean somebodyWaits() {
        return storage.control.objects().stream()
                .map(JobObjectInfo::queue)
                .anyMatch(queue -> !queue.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void withNoTimeToWait_itIsAsInLibvirt(Cell cell) throws Exception {
        JobFuture<StorageVolume> clone = frozenClone();
        if (cell.refused.isEmpty()) {
            cell.action.on(pool, Duration.ZERO);
        } else {
            assertThatThrownBy(() -> cell.action.on(pool, Duration.ZERO))
                    .satisfies(
                            thrown -> assertThat(LibvirtError.of(thrown)).isEqualTo(cell.refused));
        }
        thaw.countDown();
        clone.await();
        await().untilAsserted(() -> assertIdle(pool.jobs()));
    }

    @ParameterizedTest
    @EnumSource
    void withTimeToWait_nothingIsRefusedThatPasses(Cell cell) throws Exception {
        JobFuture<StorageVolume> clone = frozenClone();
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                cell.action.on(pool, LONG);
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        // That a pool is active does not pass by itself: that is said at once.
        boolean settled =
                cell.refused.isEmpty() || cell.afterwards.equals(Optional.of(Reason.INVALID_STATE));
        if (settled) {
            await().until(done::isDone);
        } else {
            await().until(this::somebodyWaits);
            assertThat(done).isNotDone();
        }
        thaw.countDown();
        clone.await();
        if (cell.afterwards.isPresent()) {
            assertThatThrownBy(() -> done.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StorageException.class)
                    .satisfies(thrown -> assertThat(((StorageException) thrown.getCause()).reason())
                            .isEqualTo(cell.afterwards.get()));
        } else {
            done.get(20, TimeUnit.SECONDS);
        }
        await().untilAsserted(() -> assertIdle(pool.jobs()));
    }

    @ParameterizedTest
    @EnumSource
    void whileThePoolStarts_itIsAsInLibvirt(WhileStarting what) throws Exception {
        Path place = Files.createDirectory(directory.resolve("second"));
        StoragePool second = storage.pools.define(PoolSpec.directory("q", place));
        freeze("start");
        JobFuture<Void> start = second.start(LONG);
        frozen.await();
        assertThatThrownBy(() -> what.action.on(second, Duration.ZERO))
                .satisfies(thrown -> assertThat(LibvirtError.of(thrown))
                        .contains(LibvirtError.OPERATION_INVALID));
        thaw.countDown();
        start.await();
        assertIdle(second.jobs());
    }

    /** What is done to volumes of a pool that is not active. */
    enum WhileStopped {
        CREATE((pool, src, timeout) ->
                pool.create(VolumeSpec.sparse("new", 1), timeout).await()),
        DELETE((pool, src, timeout) -> src.delete(timeout)),
        CLONE((pool, src, timeout) -> src.cloneTo(pool, "new", timeout).await()),
        WIPE((pool, src, timeout) -> src.wipe(timeout).await()),
        RESIZE((pool, src, timeout) -> src.resize(5000, timeout).await()),
        UPLOAD((pool, src, timeout) -> src.openUpload(0, 1, timeout).close()),
        DOWNLOAD((pool, src, timeout) -> src.openDownload(0, 1, timeout).close()),
        REFRESH((pool, src, timeout) -> pool.refresh(timeout).await());

        private final VolumeAction action;

        WhileStopped(VolumeAction action) {
            this.action = action;
        }
    }

    /** Does something to a pool, or to a volume of it that is known from before. */
    @FunctionalInterface
    interface VolumeAction {
        void on(StoragePool pool, StorageVolume src, Duration timeout) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void inAStoppedPool_nothingIsTouched(WhileStopped what) throws Exception {
        StorageVolume src = at(pool, "src");
        pool.stop(LONG);
        assertThatThrownBy(() -> what.action.on(pool, src, Duration.ZERO))
                .satisfies(thrown -> assertThat(LibvirtError.of(thrown))
                        .contains(LibvirtError.OPERATION_INVALID));
        assertIdle(pool.jobs());
        assertIdle(src.jobs());
        assertThat(StorageFixture.files(directory)).containsExactly("other", "src");
    }
}
