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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a directory for one journal, until the process ends or this is closed. */
final class DirectoryLock implements Closeable {
    /*
     * A lock on a file keeps other processes away. It does not do for this one: as soon as a process
     * closes the file, whoever opened it, its lock is gone. So before the file is opened, the directory is
     * taken in a table that all frameworks of the process share: that of the system properties.
     *
     * A lock on a file that was deleted keeps nobody away either, so hold() looks whether the file is
     * still there, and locks the next one.
     */
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

    private final Path directory;
    private final Path file;
    private final String key;
    private final String self;
    private FileChannel channel;
    private @Nullable Object fileKey;

    /**
     * Takes a directory, made if need be.
     *
     * @throws IOException if it cannot be made or written, or is in use, and by whom
     */
    DirectoryLock(Path directory) throws IOException {
        Files.createDirectories(directory);
        this.directory = directory;
        this.file = directory.toRealPath().resolve("lock");
        this.key = "org.jobcontrol.journal:" + file;
        this.self = String.valueOf(ProcessHandle.current().pid());
        if (System.getProperties().putIfAbsent(key, self) != null) {
            throw inUse(directory, self);
        }
        try {
            this.channel = lock(directory, file, self);
            this.fileKey = fileKey(file);
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

    /**
     * Locks the directory again if others have removed it, or its lock file.
     *
     * @throws IOException if it cannot be made or written, or another process uses it now
     */
    void hold() throws IOException {
        if (Files.exists(file) && Objects.equals(fileKey(file), fileKey)) {
            return;
        }
        Files.createDirectories(directory);
        if (!directory.toRealPath().equals(file.getParent())) {
            throw new IOException("the journal directory " + directory + " was " + file.getParent()
                    + " when it was opened, and is " + directory.toRealPath() + " now");
        }
        FileChannel next = lock(directory, file, self);
        channel.close();
        channel = next;
        fileKey = fileKey(file);
        LOG.warn("{} was removed by others while in use, and is locked again", file);
    }

    /** Returns what tells a file from another one of the same name; null where nothing does. */
    static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
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
