package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeDownload;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads and downloads: what they hold, for how long, and what is left of one that ends early. */
@Timeout(120)
class VolumeStreamsTest {
    private final StorageFixture storage = new StorageFixture();
    private final byte[] bytes = new byte[3 * MIB + 17];

    @TempDir
    Path directory;

    private StoragePool pool;
    private StorageVolume volume;

    @BeforeEach
    void makeVolume() throws Exception {
        new Random(1).nextBytes(bytes);
        pool = storage.pool("images", directory);
        volume = volume(pool, "a.img", bytes.length);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private JobOutcome outcome() {
        return volume.jobs().completed().orElseThrow().outcome().orElseThrow();
    }

    @Test
    void upload_asAStream_isTheVolumeAfterwards() throws Exception {
        VolumeUpload upload = volume.openUpload(0, bytes.length, LONG);
        try (OutputStream stream = Channels.newOutputStream(upload)) {
            stream.write(bytes);
            assertThat(upload.job().info().progress().data().remaining()).isZero();
        }
        assertThat(Files.readAllBytes(volume.path())).isEqualTo(bytes);
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
        assertThat(outcome()).isEqualTo(JobOutcome.COMPLETED);
        assertIdle(volume.jobs());
    }

    @Test
    void upload_holdsItsVolumeUntilClosed() throws Exception {
        try (VolumeUpload upload = volume.openUpload(10, 5, LONG)) {
            upload.write(ByteBuffer.wrap(bytes, 0, 3));
            assertThatThrownBy(() -> volume.delete(Duration.ZERO))
                    .isInstanceOf(JobRefusedException.class);
            assertThatThrownBy(() -> volume.openUpload(0, 1, Duration.ZERO))
                    .isInstanceOf(JobRefusedException.class);
            assertThatThrownBy(() -> pool.stop(Duration.ZERO))
                    .isInstanceOf(JobRefusedException.class)
                    .hasMessageContaining("images/a.img");
            upload.write(ByteBuffer.wrap(bytes, 3, 2));
        }
        byte[] now = Files.readAllBytes(volume.path());
        assertThat(Arrays.copyOfRange(now, 10, 15)).isEqualTo(Arrays.copyOf(bytes, 5));
        pool.stop(Duration.ZERO);
    }

    @Test
    void upload_closedTooEarly_fails_andTheVolumeIsMarked() throws Exception {
        VolumeUpload upload = volume.openUpload(0, 10, LONG);
        upload.write(ByteBuffer.wrap(bytes, 0, 3));
        assertThatThrownBy(upload::close).hasMessageContaining("closed after 3 of 10 bytes");
        upload.close();
        assertThat(outcome()).isEqualTo(JobOutcome.FAILED);
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
        volume.upload(new ByteArrayInputStream(bytes), LONG).await();
        assertThat(volume.info().state()).isEqualTo(VolumeState.INTACT);
    }

    @Test
    void upload_withMoreThanAnnounced_isRefused() throws Exception {
        try (VolumeUpload upload = volume.openUpload(0, 3, LONG)) {
            assertThatThrownBy(() -> upload.write(ByteBuffer.wrap(bytes, 0, 5)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("3 bytes gets 2 more");
            upload.write(ByteBuffer.wrap(bytes, 0, 3));
        }
        assertThatThrownBy(() -> volume.openUpload(bytes.length - 1, 2, LONG))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_STATE));
        assertThatThrownBy(() -> volume.openUpload(-1, 2, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertIdle(volume.jobs());
    }

    @Test
    void upload_aborted_endsAtOnce_evenIfItsUserDoesNothing() throws Exception {
        VolumeUpload upload = volume.openUpload(0, bytes.length, LONG);
        upload.write(ByteBuffer.wrap(bytes, 0, 3));
        upload.job().abort();
        assertIdle(volume.jobs());
        assertThat(outcome()).isEqualTo(JobOutcome.ABORTED);
        assertThat(upload.isOpen()).isFalse();
        assertThatThrownBy(() -> upload.write(ByteBuffer.wrap(bytes, 3, 3)))
                .isInstanceOf(IOException.class)
                .hasRootCauseInstanceOf(JobAbortedException.class);
        assertThatThrownBy(upload::close).hasMessageContaining("asked to abort");
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @Test
    void upload_ofABundleThatStops_isEnded() throws Exception {
        StoragePool theirs = new StoragePoolsService(
                        storage.catalog, storage.engine.control("com.acme.gone", 77))
                .find("images")
                .orElseThrow();
        VolumeUpload upload =
                theirs.volume("a.img").orElseThrow().openUpload(0, bytes.length, LONG);
        storage.engine.ownerStopped(77);
        await().untilAsserted(() -> assertIdle(volume.jobs()));
        assertThat(upload.isOpen()).isFalse();
        volume.delete(LONG);
    }

    @Test
    void upload_fromAStreamThatGivesNothing_isAborted() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                InputStream stream = new PipedInputStream(silent)) {
            JobFuture<Long> upload = volume.upload(stream, LONG);
            await().until(() -> volume.jobs().info().async().isPresent());
            upload.cancel();
            assertThatThrownBy(upload::await)
                    .isInstanceOfAny(JobAbortedException.class, ExecutionException.class);
            await().untilAsserted(() -> assertIdle(volume.jobs()));
            assertThat(outcome()).isEqualTo(JobOutcome.ABORTED);
        }
    }

    @Test
    void upload_ofMoreThanTheVolumeHas_failsAndMarksIt() throws Exception {
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
        JobFuture<Long> upload = volume.upload(new ByteArrayInputStream(more), LONG);
        assertThatThrownBy(upload::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("the stream has more");
        assertThat(Files.size(volume.path())).isEqualTo(bytes.length);
        assertThat(volume.query(LONG).state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @Test
    void download_givesWhatIsThere_besideOthersThatRead() throws Exception {
        volume.upload(new ByteArrayInputStream(bytes), LONG).await();
        try (VolumeDownload download = volume.openDownload(5, 1000, LONG);
                InputStream stream = Channels.newInputStream(download)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            assertThat(volume.download(all, LONG).await()).isEqualTo(bytes.length);
            assertThat(all.toByteArray()).isEqualTo(bytes);
            assertThatThrownBy(() -> volume.wipe(Duration.ZERO).await())
                    .isInstanceOf(JobRefusedException.class);
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 5, 1005));
            assertThat(download.job().info().progress().data().remaining()).isZero();
        }
        assertIdle(volume.jobs());
        assertThat(outcome()).isEqualTo(JobOutcome.COMPLETED);
    }

    @Test
    void download_aborted_ends() throws Exception {
        VolumeDownload download = volume.openDownload(0, bytes.length, LONG);
        download.read(ByteBuffer.allocate(10));
        download.job().abort();
        assertIdle(volume.jobs());
        assertThatThrownBy(() -> download.read(ByteBuffer.allocate(10)))
                .hasRootCauseInstanceOf(JobAbortedException.class);
        assertThatThrownBy(download::close).isInstanceOf(IOException.class);
    }

    @Test
    void bandwidth_limitsAnUpload_andCanBeLifted() throws Exception {
        JobFuture<Long> upload;
        try (Job holder = volume.jobs().begin(JobType.MODIFY, "holder")) {
            upload = volume.upload(new ByteArrayInputStream(bytes), LONG);
            // Thirty seconds, if it stayed so.
            storage.engine.admin().bandwidth(upload.id(), bytes.length / 30);
        }
        await().until(() -> {
            var async = volume.jobs().info().async();
            return async.isPresent() && async.get().progress().bandwidth() > 0;
        });
        var info = volume.jobs().info().async().orElseThrow();
        assertThat(info.progress().bandwidth()).isLessThan(bytes.length / 10);
        assertThat(info.progress().timeLeft()).isPresent();
        storage.engine.admin().bandwidth(upload.id(), 0);
        upload.await();
        assertThat(Files.readAllBytes(volume.path())).isEqualTo(bytes);
    }
}
