package org.jobcontrol.storage.directory;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of files and of their names that survive a power failure once the method has returned. */
final class DurableFiles {
    private static final Logger log = LoggerFactory.getLogger(DurableFiles.class);

    private DurableFiles() {}

    /**
     * Writes the entries of a directory to the disk, so that a name that was added or removed there
     * stays so. Does nothing where the platform cannot open a directory.
     */
    static void syncDirectory(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try {
            boolean unused = Uninterruptible.call(() -> {
                try (FileChannel names = FileChannel.open(directory, READ)) {
                    names.force(true);
                    return true;
                }
            });
        } catch (IOException e) {
            log.debug("the names in {} cannot be written to the disk", directory, e);
        }
    }

    /**
     * Makes a directory and those that contain it, as far as they are missing, so that all of them
     * survive a power failure.
     *
     * @throws IOException if that is not possible
     */
    static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw (IOException) new NotDirectoryException(directory.toString()).initCause(e);
            }
        }
        syncDirectory(parent);
    }

    /**
     * Moves a file, also to another file system. At each moment there is a whole one; a crash can leave
     * both.
     *
     * @param from an absolute path
     * @param to an absolute path where there is no file
     * @throws IOException if that is not possible; the file is where it was, or in both places
     */
    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            log.debug("{} and {} are on different file systems", from, to, e);
            copy(from, to);
            Files.delete(from);
        }
        syncDirectory(to.getParent());
        syncDirectory(from.getParent());
    }

    private static void copy(Path from, Path to) throws IOException {
        Path next = to.resolveSibling(to.getFileName() + ".new");
        Files.copy(from, next, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(next, WRITE)) {
            channel.force(true);
        }
        Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(to.getParent());
    }

    /** Thrown when a file was read and is malformed. */
    static final class Malformed extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Malformed(Path file, IllegalArgumentException cause) {
            super(file + " cannot be read: " + cause.getMessage(), cause);
        }
    }

    /**
     * Reads a properties file.
     *
     * @throws Malformed if the file is malformed
     * @throws IOException if it cannot be read; the message names the file
     */
    static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream stream = Files.newInputStream(file)) {
            properties.load(stream);
            return properties;
        } catch (IllegalArgumentException e) {
            throw new Malformed(file, e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Replaces a properties file: readers see the old content or the new one, never a part.
     *
     * @throws IOException if that is not possible; the old content is still there
     */
    static void replace(Path file, Properties properties, String comment) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(next, CREATE, TRUNCATE_EXISTING, WRITE);
                OutputStream stream = Channels.newOutputStream(channel)) {
            properties.store(stream, comment);
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(file.getParent());
    }
}
