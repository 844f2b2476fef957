package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.storage.VolumeSink;

/** Takes an upload; until that is complete, the file is marked. */
final class UploadSink implements VolumeSink {
    private final Path file;
    private final Marks marks;
    private final FileChannel channel;
    private final Writeback writeback;
    private final Fences fences;
    private final Job job;

    UploadSink(Path file, FileChannel channel, Marks marks, Fences fences, Job job)
            throws IOException {
        this.file = file;
        this.fences = fences;
        this.job = job;
        this.channel = channel;
        this.marks = marks;
        this.writeback = Writeback.of(file, channel);
        writeback.from(channel.position());
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        fences.pass(file, job);
        int written = channel.write(bytes);
        writeback.wroteTo(channel.position());
        return written;
    }

    @Override
    public void complete() throws IOException {
        channel.force(true);
        fences.pass(file, job);
        marks.clear(file);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (writeback) {
            channel.close();
        }
    }
}
