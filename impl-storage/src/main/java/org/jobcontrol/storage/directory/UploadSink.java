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

    UploadSink(Path file, FileChannel channel, Marks marks) {
        this.file = file;
        this.channel = channel;
        this.marks = marks;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return channel.write(bytes);
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
        channel.close();
    }
}
