package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However an upload ends, a volume's info tells the state of its file, and nobody has to ask for it. */
@Timeout(120)
class UploadEndsTest {
    private final HookedDriver driver = new HookedDriver(new DirectoryDriver((Path) null));
    private final StorageFixture storage = new StorageFixture(driver);
    private final AtomicInteger opened = new AtomicInteger();
    private final byte[] bytes = new byte[3 * MIB];

    @TempDir
    Path directory;

    private StoragePool pool;
    private StorageVolume volume;

    @BeforeEach
    void makeVolume() throws Exception {
        pool = storage.pool("images", directory);
        volume = volume(pool, "a.img", bytes.length);
        driver.hook((work, job) -> {
            if (work.equals("upload")) {
                opened.incrementAndGet();
            }
        });
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    /** What is known without asking, which is what the file has, and how the job ended. */
    private void assertEnded(VolumeState state, JobOutcome outcome) throws Exception {
        assertIdle(volume.jobs());
        assertThat(volume.info().state()).isEqualTo(state);
        assertThat(volume.jobs().completed().orElseThrow().outcome()).contains(outcome);
        assertThat(volume.query(LONG).state()).isEqualTo(state);
    }

    private void assertPartlyWritten(JobOutcome outcome) throws Exception {
        assertEnded(VolumeState.PARTLY_WRITTEN, outcome);
    }

    /** Returns an open upload that has written a few bytes. */
    private VolumeUpload begun() throws Exception {
        VolumeUpload upload = volume.openUpload(0, 10, LONG);
        upload.write(ByteBuffer.wrap(bytes, 0, 3));
        return upload;
    }

    /** A sink that fails. */
    private record Failing(VolumeSink sink, boolean atWrite, boolean atEnd) implements VolumeSink {
        @Override
        public int write(ByteBuffer source) throws IOException {
            int written = sink.write(source);
            if (atWrite) {
                throw new IOException("the disk is broken");
            }
            return written;
        }

        @Override
        public void complete() {
            if (atEnd) {
                throw new IllegalStateException("the driver is broken");
            }
        }

        @Override
        public boolean isOpen() {
            return sink.isOpen();
        }

        @Override
        public void close() throws IOException {
            sink.close();
        }
    }

    @Test
    void openUpload_ofTheWholeVolume_isIntact() throws Exception {
        VolumeUpload first = begun();
        assertThatThrownBy(first::close).isInstanceOf(IOException.class);
        try (VolumeUpload upload = begun()) {
            upload.write(ByteBuffer.wrap(bytes, 3, 7));
        }
        assertPartlyWritten(JobOutcome.COMPLETED);
        try (VolumeUpload upload = volume.openUpload(0, bytes.length, LONG)) {
            upload.write(ByteBuffer.wrap(bytes));
        }
        assertEnded(VolumeState.INTACT, JobOutcome.COMPLETED);
    }

    @Test
    void openUpload_closedEarly_isPartlyWritten() throws Exception {
        VolumeUpload upload = begun();
        assertThatThrownBy(upload::close).hasMessageContaining("closed after 3 of 10 bytes");
        assertPartlyWritten(JobOutcome.FAILED);
    }

    @Test
    void openUpload_aborted_isPartlyWritten() throws Exception {
        VolumeUpload upload = begun();
        upload.job().abort();
        assertPartlyWritten(JobOutcome.ABORTED);
        assertThatThrownBy(upload::close).isInstanceOf(IOException.class);
    }

    @Test
    void openUpload_whoseBundleStops_isPartlyWritten() throws Exception {
        StoragePool theirs = new StoragePoolsService(
                        storage.catalog, storage.engine.control("com.acme.gone", 77))
                .find("images")
                .orElseThrow();
        VolumeUpload upload = theirs.volume("a.img").orElseThrow().openUpload(0, 10, LONG);
        upload.write(ByteBuffer.wrap(bytes, 0, 3));
        storage.engine.ownerStopped(77);
        await().untilAsserted(() -> assertIdle(volume.jobs()));
        assertPartlyWritten(JobOutcome.ABORTED);
    }

    @Test
    void openUpload_whoseThreadIsInterrupted_isPartlyWritten() throws Exception {
        VolumeUpload upload = begun();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> upload.write(ByteBuffer.wrap(bytes, 3, 3)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(upload::close).isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertPartlyWritten(JobOutcome.FAILED);
        assertThat(volume.info().capacity()).isEqualTo(bytes.length);
    }

    @Test
    void openUpload_whoseWriteFails_isPartlyWritten() throws Exception {
        driver.sinks(sink -> new Failing(sink, true, false));
        VolumeUpload upload = volume.openUpload(0, 10, LONG);
        assertThatThrownBy(() -> upload.write(ByteBuffer.wrap(bytes, 0, 3)))
                .hasMessageContaining("the disk is broken");
        assertThatThrownBy(upload::close).isInstanceOf(IOException.class);
        assertPartlyWritten(JobOutcome.FAILED);
    }

    @Test
    void openUpload_whoseLastStepThrows_isPartlyWritten() throws Exception {
        driver.sinks(sink -> new Failing(sink, false, true));
        VolumeUpload upload = begun();
        upload.write(ByteBuffer.wrap(bytes, 3, 7));
        assertThatThrownBy(upload::close).isInstanceOf(IllegalStateException.class);
        assertPartlyWritten(JobOutcome.FAILED);
    }

    @Test
    void openUpload_thatMarksAndThenFails_isPartlyWritten() throws Exception {
        driver.sinks(sink -> {
            try (sink) {
                sink.write(ByteBuffer.wrap(bytes, 0, 3));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            throw new IllegalStateException("the driver is broken");
        });
        assertThatThrownBy(() -> volume.openUpload(0, 10, LONG))
                .hasMessageContaining("the driver is broken");
        assertPartlyWritten(JobOutcome.FAILED);
    }

    @Test
    void openUpload_takenFromItsOwner_isPartlyWrittenOnceThatOneCloses() throws Exception {
        VolumeUpload upload = begun();
        storage.engine.admin().release(upload.job().id(), "its thread hangs");
        assertThatThrownBy(upload::close).isInstanceOf(IOException.class);
        assertThat(volume.info().state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @Test
    void upload_complete_isIntact() throws Exception {
        assertThatThrownBy(begun()::close).isInstanceOf(IOException.class);
        volume.upload(new ByteArrayInputStream(bytes), LONG).await();
        assertEnded(VolumeState.INTACT, JobOutcome.COMPLETED);
    }

    /** A stream that fails when so many bytes were read. */
    private InputStream failingAfter(int length) {
        return new SequenceInputStream(
                new ByteArrayInputStream(bytes, 0, length), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the line is cut");
                    }
                });
    }

    @Test
    void upload_whoseStreamFails_isPartlyWritten() {
        JobFuture<Long> upload = volume.upload(failingAfter(5), LONG);
        assertThatThrownBy(upload::await).hasMessageContaining("the line is cut");
        assertThat(volume.info().state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @Test
    void upload_ofTooMuch_isPartlyWritten() throws Exception {
        InputStream more = new SequenceInputStream(
                new ByteArrayInputStream(bytes), new ByteArrayInputStream(bytes));
        assertThatThrownBy(volume.upload(more, LONG)::await)
                .hasMessageContaining("the stream has more");
        assertPartlyWritten(JobOutcome.FAILED);
    }

    @Test
    void upload_aborted_isPartlyWritten() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                InputStream stream = new PipedInputStream(silent)) {
            silent.write(bytes, 0, 5);
            JobFuture<Long> upload = volume.upload(stream, LONG);
            await().until(() -> storage.control
                            .job(upload.id())
                            .orElseThrow()
                            .progress()
                            .data()
                            .processed()
                    == 5);
            upload.cancel();
            await().untilAsserted(() -> assertIdle(volume.jobs()));
            assertPartlyWritten(JobOutcome.ABORTED);
        }
    }

    @Test
    void upload_whoseLastStepThrows_isPartlyWritten() throws Exception {
        driver.sinks(sink -> new Failing(sink, false, true));
        assertThatThrownBy(volume.upload(new ByteArrayInputStream(bytes), LONG)::await)
                .hasMessageContaining("the driver is broken");
        assertPartlyWritten(JobOutcome.FAILED);
    }

    // ---- no byte to be written ------------------------------------------------------------------

    @Test
    void upload_fromADirectory_opensNothing() throws Exception {
        try (InputStream stream = Files.newInputStream(directory)) {
            assertThatThrownBy(volume.upload(stream, LONG)::await)
                    .hasCauseInstanceOf(StorageException.class);
        }
        assertThat(opened).hasValue(0);
        assertEnded(VolumeState.INTACT, JobOutcome.FAILED);
    }

    @Test
    void upload_whoseStreamFailsAtOnce_opensNothing() throws Exception {
        assertThatThrownBy(volume.upload(failingAfter(0), LONG)::await)
                .hasMessageContaining("the line is cut");
        assertThat(opened).hasValue(0);
        assertEnded(VolumeState.INTACT, JobOutcome.FAILED);
    }

    @Test
    void upload_ofNothing_leavesTheState() throws Exception {
        assertThatThrownBy(begun()::close).isInstanceOf(IOException.class);
        JobFuture<Long> upload = volume.upload(InputStream.nullInputStream(), LONG);
        assertThat(upload.await()).isZero();
        assertThat(opened).hasValue(1);
        assertPartlyWritten(JobOutcome.COMPLETED);
    }

    @Test
    void upload_whoseFirstBlockIsTooMuch_opensNothing() throws Exception {
        StorageVolume small = volume(pool, "b.img", 10);
        assertThatThrownBy(small.upload(new ByteArrayInputStream(bytes), LONG)::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("it has 10 bytes, and the stream has more");
        assertThat(opened).hasValue(0);
        assertThat(small.info().state()).isEqualTo(VolumeState.INTACT);
    }
}
