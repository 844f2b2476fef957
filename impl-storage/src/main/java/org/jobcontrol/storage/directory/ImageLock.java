package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether QEMU has an image open. QEMU holds a lock on one byte for each permission that it
 * uses, from byte 100 on, and on one for each that it does not share, from byte 200 on ({@code
 * block/file-posix.c}).
 */
final class ImageLock {
    private static final Logger log = LoggerFactory.getLogger(ImageLock.class);
    private static final long FIRST = 100;
    private static final long LENGTH = 164;

    /** The permission to write. */
    private static final long WRITE = 101;

    private ImageLock() {}

    /** Thrown when another process has an image open. */
    static final class InUse extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        InUse(String how) {
            super("another process, such as a running guest, has it open " + how);
        }
    }

    /**
     * Checks that QEMU does not have a file open. To be called under a job that keeps this process's own
     * qemu-img away. A file that cannot be asked for its locks, because this process may not open it or
     * the file system has none, passes.
     *
     * @throws InUse if QEMU has it open
     */
    static void checkUnused(Path file) throws InUse {
        Optional<Linux> linux = LinuxSupport.linux();
        boolean locked = linux.isPresent()
                ? isLocked(linux.get(), file, FIRST, LENGTH)
                : isLocked(file, FIRST, LENGTH);
        if (locked) {
            throw new InUse("as an image");
        }
    }

    /**
     * Checks that a file does not change while it is read: that QEMU does not have it open for writing.
     * Does nothing without {@link Linux}: the JDK can only take a lock to see whether it is free, which
     * for that moment would keep out a guest or a qemu-img that is just starting.
     *
     * @throws InUse if QEMU has it open for writing
     */
    static void checkUnchanging(Path file) throws InUse {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isPresent() && isLocked(linux.get(), file, WRITE, 1)) {
            throw new InUse("for writing");
        }
    }

    private static boolean isLocked(Linux linux, Path file, long first, long length) {
        try (Linux.OpenFile open = linux.openToRead(file)) {
            return open.isLocked(first, length);
        } catch (IOException e) {
            log.debug("{} cannot be asked for its locks", file, e);
            return false;
        }
    }

    private static boolean isLocked(Path file, long first, long length) {
        try (FileChannel channel = Bytes.openToWrite(file);
                FileLock lock = channel.tryLock(first, length, false)) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            log.debug("{} cannot be asked for its locks", file, e);
            return false;
        }
    }
}
