package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
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
 * thread at a time.
 */
final class UploadSink implements VolumeSink {
    private final Path file;
    private final FileChannel channel;
    private final VolumeRecords records;
    private final Fences fences;
    private final Job job;
    private final long offset;
    private @Nullable Writeback writeback;

    /** What the volume was before the first byte; null until then. */
    private @Nullable VolumeState before;

    /** Takes over an open channel, which stands where the upload begins. */
    UploadSink(Path file, FileChannel channel, VolumeRecords records, Fences fences, Job job)
            throws IOException {
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
        Writeback behind = writeback;
        if (behind == null) {
            mark();
            behind = Writeback.of(file, channel);
            behind.from(offset);
            writeback = behind;
        }
        int written = channel.write(bytes);
        behind.wroteTo(channel.position());
        return written;
    }

    private void mark() throws IOException {
        before = records.state(file);
        Format format = records.format(file);
        if (format != null && format.name().equals(VolumeSpec.QCOW2)) {
            // what it names is the uploader's word from now on
            records.format(file, new Format(VolumeSpec.QCOW2, true));
        }
        records.state(file, VolumeState.PARTLY_WRITTEN);
        records.force(file);
    }

    @Override
    public void complete() throws IOException {
        VolumeState was = before;
        if (was == null) {
            return;
        }
        channel.force(true);
        fences.pass(file, job);
        boolean whole = offset == 0 && channel.position() >= channel.size();
        records.state(file, whole ? VolumeState.INTACT : was);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (Writeback behind = writeback) {
            channel.close();
        }
    }
}
