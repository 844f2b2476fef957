package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps QEMU away from images while this driver works on them, by the locks that QEMU itself uses
 * ({@code block/file-posix.c}): a process locks one byte for each permission that it uses, from byte 100
 * on, and one for each that it does not share with others, from byte 200 on. Safe for use by many
 * threads.
 */
final class ImageLocks {
    /*
     *   work here             | with Linux                              | without
     *   ----------------------+-----------------------------------------+----------------------------
     *   changes the file      | all these bytes are locked, exclusively | they are locked for a moment
     *   reads what must not   | the permission to read is locked, and   | nothing
     *   change meanwhile      | those to write and resize are not shared|
     *
     * Without Linux the JDK has only POSIX locks, which are lost when any other descriptor of the file is
     * closed; and to find out whether a byte is free it has to take it, which would keep out a guest or a
     * qemu-img that is just starting. So readers do not ask then.
     *
     * Jobs keep the work of this process apart, not these locks: a job that was released may still have
     * its file open when the next one begins. So all work here on one file shares one lock.
     */
    private static final Logger log = LoggerFactory.getLogger(ImageLocks.class);
    private static final long USED = 100;
    private static final long NOT_SHARED = 200;
    private static final long ALL = 164;

    /** Permissions, by their numbers. */
    private static final int READ = 0;

    private static final int WRITE = 1;
    private static final int RESIZE = 3;

    private final Object lock = new Object();

    /** By what identifies the file. */
    @GuardedBy("lock")
    private final Map<Object, Shared> held = new HashMap<>();

    /** An open file whose bytes are locked, and how much work goes on under that. */
    private static final class Shared {
        private final Linux.OpenFile file;
        private final boolean toChange;
        private int users = 1;

        Shared(Linux.OpenFile file, boolean toChange) {
            this.file = file;
            this.toChange = toChange;
        }
    }

    /** Thrown when another process has an image open. */
    static final class InUse extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        InUse(String how) {
            super("another process, such as a running guest, has it open " + how);
        }
    }

    /** Locks bytes of an open file. */
    private interface Attempt {
        boolean on(Linux.OpenFile file) throws IOException;
    }

    /**
     * Keeps QEMU away from a file that is to be changed, until the result is closed.
     *
     * @throws InUse if QEMU has it open
     */
    Closeable toChange(Path file) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isEmpty()) {
            checkForAMoment(file);
            return () -> {};
        }
        Attempt all = open -> open.tryLock(USED, ALL, false);
        return hold(file, linux.get().openToWrite(file), true, all, "as an image");
    }

    /**
     * Keeps QEMU from changing a file that is to be read, until the result is closed.
     *
     * @throws InUse if QEMU has it open for writing
     */
    Closeable toRead(Path file) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isEmpty()) {
            return () -> {};
        }
        Attempt reader = open -> open.tryLock(USED + READ, 1, true)
                && open.tryLock(NOT_SHARED + WRITE, 1, true)
                && open.tryLock(NOT_SHARED + RESIZE, 1, true)
                && !open.isLocked(USED + WRITE, 1);
        return hold(file, linux.get().openToRead(file), false, reader, "for writing");
    }

    /**
     * Checks that QEMU does not have a file open that is to be deleted, which needs no right to write it.
     *
     * @throws InUse if QEMU has it open
     */
    void checkUnused(Path file) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isEmpty()) {
            checkForAMoment(file);
            return;
        }
        try (Linux.OpenFile open = linux.get().openToRead(file)) {
            if (open.isLocked(USED, ALL) && !isHeld(file)) {
                throw new InUse("as an image");
            }
        } catch (Linux.Unsupported | AccessDeniedException e) {
            log.debug("{} cannot be asked for its locks", file, e);
        }
    }

    private boolean isHeld(Path file) throws IOException {
        synchronized (lock) {
            return held.containsKey(key(file));
        }
    }

    private Closeable hold(
            Path file, Linux.OpenFile open, boolean toChange, Attempt attempt, String how)
            throws IOException {
        boolean kept = false;
        try {
            Object key = key(file);
            synchronized (lock) {
                Shared shared = held.get(key);
                if (shared == null) {
                    if (!isLocked(open, attempt)) {
                        throw new InUse(how);
                    }
                    shared = new Shared(open, toChange);
                    held.put(key, shared);
                    kept = true;
                } else if (toChange && !shared.toChange) {
                    // QEMU may read it beside a copy that a released job still makes
                    throw new InUse("for a copy");
                } else {
                    shared.users++;
                }
            }
            AtomicBoolean released = new AtomicBoolean();
            return () -> {
                if (released.compareAndSet(false, true)) {
                    release(key);
                }
            };
        } finally {
            if (!kept) {
                open.close();
            }
        }
    }

    private static boolean isLocked(Linux.OpenFile open, Attempt attempt) throws IOException {
        try {
            return attempt.on(open);
        } catch (Linux.Unsupported e) {
            log.debug("the file system has no locks", e);
            return true;
        }
    }

    private void release(Object key) throws IOException {
        synchronized (lock) {
            Shared shared = held.get(key);
            if (shared != null && --shared.users == 0) {
                held.remove(key);
                shared.file.close();
            }
        }
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS)
                .fileKey();
        return key == null ? file : key;
    }

    private static void checkForAMoment(Path file) throws IOException {
        try (FileChannel channel = Bytes.openToWrite(file);
                FileLock taken = channel.tryLock(USED, ALL, false)) {
            if (taken == null) {
                throw new InUse("as an image");
            }
        } catch (OverlappingFileLockException e) {
            throw new InUse("in another framework of this process");
        } catch (AccessDeniedException e) {
            log.debug("{} cannot be asked for its locks", file, e);
        }
    }
}
