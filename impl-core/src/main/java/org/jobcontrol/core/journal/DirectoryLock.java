package org.jobcontrol.core.journal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a directory for one journal, until the process ends or this is closed. */
final class DirectoryLock implements Closeable {
    /*
     * A lock on a file keeps other processes away. It does not do for this one: as soon as a process
     * closes the file, whoever opened it, its lock is gone. So before the file is opened, the directory is
     * taken in a table that all frameworks of the process share: that of the system properties.
     */
    private final String key;
    private final FileChannel channel;

    /**
     * Takes a directory, made if need be.
     *
     * @throws IOException if it cannot be made or written, or is in use, and by whom
     */
    DirectoryLock(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.toRealPath().resolve("lock");
        this.key = "org.jobcontrol.journal:" + file;
        String self = String.valueOf(ProcessHandle.current().pid());
        if (System.getProperties().putIfAbsent(key, self) != null) {
            throw inUse(directory, self);
        }
        try {
            this.channel = lock(directory, file, self);
        } catch (IOException | RuntimeException | Error e) {
            System.clearProperty(key);
            throw e;
        }
    }

    private static FileChannel lock(Path directory, Path file, String self) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(directory, Files.readString(file));
            }
            // what is in it is for people
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(self));
            return channel;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static IOException inUse(Path directory, String pid) {
        return new IOException(
                "the journal directory " + directory + " is in use by process " + pid);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            System.clearProperty(key);
        }
    }
}
