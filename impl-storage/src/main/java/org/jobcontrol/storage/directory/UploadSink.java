package org.jobcontrol.storage.directory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.jspecify.annotations.Nullable;

/**
 * Takes an upload. The volume is marked as partly written from before the first byte until the upload
 * is complete; a mark that was there before stays unless the whole volume was written. Used by one
 * thread at a time, but closed by any: when close returns, no mark is added any more, so the state of
 * the volume can be read.
 */
final class UploadSink implements VolumeSink {
    private final Path file;
    private final FileChannel channel;
    private final Closeable image;
    private final VolumeRecords records;
    private final Fences fences;
    private final Job job;
    private final long offset;
    private final Object lock = new Object();

    /** Null until the first byte. */
    @GuardedBy("lock")
    private @Nullable Writeback writeback;

    /** What the volume was before the first byte; null until then. */
    @GuardedBy("lock")
    private @Nullable VolumeState before;

    /** Takes over an open channel, which stands where the upload begins, and the lock on the image. */
    UploadSink(
            Path file,
            FileChannel channel,
            Closeable image,
            VolumeRecords records,
            Fences fences,
            Job job)
            throws IOException {
        this.image = image;
        this.file = file;
        this.channel = channel;
        this.records = records;
        this.fences = fences;
        this.job = job;
        this.offset = channel.position();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        fences.pass(file, job);
        begin();
        int written = channel.write(bytes);
        synchronized (lock) {
            Writeback behind = writeback;
            if (behind != null && channel.isOpen()) {
                behind.wroteTo(channel.position());
            }
        }
        return written;
    }

    /** Marks the volume before its first byte is written. */
    private void begin() throws IOException {
        synchronized (lock) {
            if (writeback != null) {
                return;
            }
            if (!channel.isOpen()) {
                throw new ClosedChannelException();
            }
            VolumeState was = records.state(file);
            distrustContent();
            records.mark(file, VolumeState.PARTLY_WRITTEN);
            before = was;
            writeback = Writeback.of(file, channel);
            writeback.from(offset);
        }
    }

    /** The files that an image names are chosen by the uploader from now on. */
    private void distrustContent() throws IOException {
        Format format = records.format(file);
        if (format != null && format.name().equals(VolumeSpec.QCOW2)) {
            records.recordFormat(file, new Format(VolumeSpec.QCOW2, true));
        }
    }

    @Override
    public void complete() throws IOException {
        VolumeState was;
        synchronized (lock) {
            was = before;
        }
        if (was == null) {
            return;
        }
        channel.force(true);
        fences.pass(file, job);
        boolean whole = offset == 0 && channel.position() >= channel.size();
        records.recordState(file, whole ? VolumeState.INTACT : was);
        records.flush();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        // before the lock is waited for: this ends a write that another thread is in
        try (image;
                channel) {
            channel.close();
        } finally {
            synchronized (lock) {
                Writeback behind = writeback;
                if (behind != null) {
                    behind.close();
                }
            }
        }
    }
}
