package org.jobcontrol.storage.directory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has what is written go to the disk while more is written, stretch by stretch. So the last force,
 * which must come before the work counts as done, is short, an abort never waits for gigabytes of
 * somebody's page cache, and the disk is busy all the while. Used by one thread.
 */
final class Writeback implements Closeable {
    private static final long STRETCH = 8L * Bytes.MIB;

    /** How far what is on the disk may be behind what is written. */
    private static final long BEHIND = 4 * STRETCH;

    private final FileChannel channel;

    /** Null where only the JDK's way is there: to force the file, and wait. */
    private final Linux.@Nullable OpenFile file;

    private long started;

    private Writeback(FileChannel channel, Linux.@Nullable OpenFile file) {
        this.channel = channel;
        this.file = file;
    }

    /** Begins with a file that is open, at its begin. */
    static Writeback of(Path path, FileChannel channel) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        return new Writeback(channel, linux.isPresent() ? linux.get().openToWrite(path) : null);
    }

    /** Says that writing goes on at another place. */
    void from(long place) {
        started = place;
    }

    /** Says that the file was written up to a place. */
    void wroteTo(long end) throws IOException {
        if (end - started < STRETCH) {
            return;
        }
        if (file == null) {
            channel.force(false);
        } else {
            file.startWriting(started, end - started);
            if (end > BEHIND) {
                file.awaitWritten(Math.max(0, end - BEHIND - STRETCH), STRETCH);
            }
        }
        started = end;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
