package org.jobcontrol.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeDownload;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeUpload;

/** The bytes of one volume, in and out: open until somebody closes them, or all in one go. */
final class VolumeStreams {
    private final VolumeView volume;

    VolumeStreams(VolumeView volume) {
        this.volume = volume;
    }

    VolumeUpload openUpload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        check(offset, length);
        AsyncJob job = StorageWork.VOLUME_UPLOAD.beginAsync(volume.jobs(), timeout);
        try {
            StorageDriver driver = volume.driver();
            VolumeInfo now = volume.see(driver, job);
            if (now.format().equals(VolumeSpec.RAW) && offset > now.capacity() - length) {
                String detail = "it has " + now.capacity() + " bytes, and " + length + " from "
                        + offset + " on are too many";
                throw volume.failure(Reason.INVALID_STATE, detail);
            }
            VolumeSink sink = openSink(driver, offset, job);
            return new UploadChannel(job, sink, length, () -> volume.seeAfter(driver, job));
        } catch (StorageException | RuntimeException | Error e) {
            end(job, e);
            throw e;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // with the download
    VolumeDownload openDownload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        check(offset, length);
        StorageWork work = StorageWork.VOLUME_DOWNLOAD;
        Job job = volume.jobs().begin(work.type(), work.operation(), timeout);
        // It is closed by whoever has the download.
        job.detach();
        try {
            StorageDriver driver = volume.driver();
            VolumeInfo now = volume.see(driver, job);
            VolumeSource source = VolumeSource.open(volume, driver, now, offset, job);
            return new DownloadChannel(job, source, length);
        } catch (StorageException | RuntimeException | Error e) {
            end(job, e);
            throw e;
        }
    }

    /** Uploads a stream of this length, which may be {@link Pace#UNKNOWN}. */
    JobFuture<Long> upload(InputStream from, long length, Duration timeout) {
        Objects.requireNonNull(from, "from");
        return StorageWork.VOLUME_UPLOAD.run(
                volume.jobs(), timeout, job -> all(job, "upload", () -> fill(from, length, job)));
    }

    JobFuture<Long> download(OutputStream to, Duration timeout) {
        Objects.requireNonNull(to, "to");
        StorageWork work = StorageWork.VOLUME_DOWNLOAD;
        return volume.jobs()
                .run(
                        work.type(),
                        work.operation(),
                        timeout,
                        job -> all(job, "download", () -> drain(to, job)));
    }

    /** What moves all there is. */
    private interface Move {
        long run() throws StorageException, JobAbortedException, InterruptedException, IOException;
    }

    /** Moves all there is; an abort interrupts that, for the other end may be silent for long. */
    private long all(Job job, String what, Move move)
            throws StorageException, JobAbortedException, InterruptedException {
        job.onAbort(Thread.currentThread()::interrupt);
        try {
            return move.run();
        } catch (StorageException | InterruptedException e) {
            throwIfAborted(job, e);
            throw e;
        } catch (IOException e) {
            throwIfAborted(job, e);
            throw volume.failure("the " + what + " failed", e);
        }
    }

    private static void throwIfAborted(Job job, Exception cause) throws JobAbortedException {
        if (job.abortRequested()) {
            JobAbortedException aborted =
                    new JobAbortedException(job.id(), "job #" + job.id() + " was asked to abort");
            aborted.initCause(cause);
            throw aborted;
        }
    }

    /** Opens a sink; if that fails, it may have left a mark. */
    private VolumeSink openSink(StorageDriver driver, long offset, AsyncJob job)
            throws StorageException {
        try {
            return driver.openSink(volume.spec(), volume.name(), offset, job);
        } catch (StorageException | RuntimeException | Error e) {
            volume.seeAfter(driver, job);
            throw e;
        }
    }

    private long fill(InputStream from, long length, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException, IOException {
        StorageDriver driver = volume.driver();
        VolumeInfo before = volume.see(driver, job);
        checkFits(before, length);
        Pace pace = new Pace(job, length == Pace.UNKNOWN ? before.capacity() : length);
        byte[] block = new byte[Pace.BLOCK];
        // A volume is not opened, and so not marked, for a stream that fails at once or gives
        // nothing.
        int first = read(from, block, pace);
        if (first < 0) {
            pace.finish();
            return 0;
        }
        checkFits(before, first);
        long done = 0;
        try (VolumeSink sink = driver.openSink(volume.spec(), volume.name(), 0, job)) {
            for (int n = first; n >= 0; n = read(from, block, pace)) {
                checkFits(before, done + n);
                for (ByteBuffer bytes = ByteBuffer.wrap(block, 0, n); bytes.hasRemaining(); ) {
                    sink.write(bytes);
                }
                done += n;
                pace.moved(n);
            }
            pace.finish();
            sink.complete();
        } catch (Throwable e) {
            volume.seeAfter(driver, job);
            throw e;
        }
        volume.see(driver, job);
        return done;
    }

    /** Returns how many bytes were read into a block, at least one; or -1 at the end. */
    private static int read(InputStream from, byte[] block, Pace pace)
            throws JobAbortedException, InterruptedException, IOException {
        int read;
        do {
            read = from.read(block, 0, pace.next(Pace.BLOCK));
        } while (read == 0);
        return read;
    }

    private void checkFits(VolumeInfo before, long bytes) throws StorageException {
        if (before.format().equals(VolumeSpec.RAW) && bytes > before.capacity()) {
            throw volume.failure(
                    Reason.NO_SPACE,
                    "it has " + before.capacity() + " bytes, and the stream has more");
        }
    }

    private long drain(OutputStream to, Job job)
            throws StorageException, JobAbortedException, InterruptedException, IOException {
        StorageDriver driver = volume.driver();
        VolumeInfo now = volume.see(driver, job);
        byte[] block = new byte[Pace.BLOCK];
        long done = 0;
        try (VolumeSource source = VolumeSource.open(volume, driver, now, 0, job)) {
            Pace pace = new Pace(job, source.expected(Long.MAX_VALUE));
            int wanted = pace.next(Pace.BLOCK);
            for (int n = source.read(ByteBuffer.wrap(block, 0, wanted));
                    n >= 0;
                    n = source.read(ByteBuffer.wrap(block, 0, wanted))) {
                to.write(block, 0, n);
                done += n;
                pace.moved(n);
                wanted = pace.next(Pace.BLOCK);
            }
            pace.finish();
        }
        return done;
    }

    private static void check(long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset " + offset + ", length " + length);
        }
    }

    private static void end(Job job, Throwable cause) {
        job.fail(cause);
        job.close();
    }
}
