package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jobcontrol.api.storage.VolumeSink;

/** Takes an upload; until that is complete, the file is marked. */
final class UploadSink implements VolumeSink {
    private final Path file;
    private final Marks marks;
    private final FileChannel channel;
    private final Writeback writeback;

    UploadSink(Path file, FileChannel channel, Marks marks) throws IOException {
        this.file = file;
        this.channel = channel;
        this.marks = marks;
        this.writeback = Writeback.of(file, channel);
        writeback.from(channel.position());
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int written = channel.write(bytes);
        writeback.wroteTo(channel.position());
        return written;
    }

    @Override
    public void complete() throws IOException {
        channel.force(true);
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
