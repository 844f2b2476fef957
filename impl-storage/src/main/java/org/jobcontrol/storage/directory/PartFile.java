package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of a part, a file that is being made, and the proof that its maker is alive. Closing this
 * deletes the part.
 */
final class PartFile implements Closeable {
    /*
     * Several processes may use one directory, over a network file system too. Whoever cleans up must
     * not delete the part that another process is just filling. So beside each part lies an owner
     * file, on which its maker holds a lock for as long as it works:
     *
     *   .jobcontrol-JOB-FENCE-RANDOM.part      the part
     *   .jobcontrol-JOB-FENCE-RANDOM.owner     the owner file
     *
     *   owner file                                  | the part is
     *   --------------------------------------------+----------------------------------------------
     *   is missing                                  | abandoned
     *   is in the table of this process             | in use
     *   cannot be locked, or asked                  | in use
     *   can be locked                               | abandoned; both are deleted under the lock
     *
     * The lock is not on the part itself: qemu-img would not open it then. It is a POSIX lock, which a
     * process loses as soon as it closes the file through any descriptor, so an owner file of this process
     * is never opened a second time: the table, the system properties, tells. All frameworks of the process
     * share them. An owner file is deleted only under its lock; its maker looks after locking whether it
     * is still there, so both agree.
     */
    private static final Logger log = LoggerFactory.getLogger(PartFile.class);
    private static final Pattern NAME = Pattern.compile("\\.jobcontrol-.*\\.(part|owner)");
    private static final String PART = ".part";
    private static final String OWNER = ".owner";
    private static final String TABLE = "org.jobcontrol.storage:";
    private static final int ATTEMPTS = 10;

    private final Path part;
    private final Path owner;
    private final FileChannel lock;

    private PartFile(Path part, Path owner, FileChannel lock) {
        this.part = part;
        this.owner = owner;
        this.lock = lock;
    }

    /** Returns whether a name is kept for parts and their owner files. */
    static boolean isReserved(String name) {
        return NAME.matcher(name).matches();
    }

    /** Returns whether a file has the name of a part. */
    static boolean isPart(Path file) {
        String name = PoolDirectory.nameOf(file);
        return isReserved(name) && name.endsWith(PART);
    }

    /** Returns how the names begin that a job's parts have. */
    static String prefix(long job, long fence) {
        // Without the volume's own name, which may have 255 bytes already.
        return ".jobcontrol-" + job + "-" + fence + "-";
    }

    /** Takes a name for a part in the directory of a file. The part itself is not made. */
    static PartFile of(Path file, long job, long fence) throws IOException {
        for (int attempt = 1; ; attempt++) {
            String name = prefix(job, fence) + UUID.randomUUID();
            Path owner = file.resolveSibling(name + OWNER);
            System.getProperties().put(key(owner), "");
            FileChannel lock = null;
            try {
                lock = FileChannel.open(owner, CREATE_NEW, WRITE, NOFOLLOW_LINKS);
                if (locked(lock, owner) && Files.exists(owner, NOFOLLOW_LINKS)) {
                    return new PartFile(file.resolveSibling(name + PART), owner, lock);
                }
            } catch (IOException | RuntimeException | Error e) {
                release(owner, lock);
                throw e;
            }
            // Somebody who cleaned up was quicker with the lock.
            release(owner, lock);
            if (attempt == ATTEMPTS) {
                throw new IOException(owner + " is deleted as soon as it is made");
            }
        }
    }

    /** Where there are no locks, the owner file has to do: then no other process deletes the part. */
    private static boolean locked(FileChannel channel, Path owner) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            log.debug("{} cannot be locked", owner, e);
            return true;
        }
    }

    Path path() {
        return part;
    }

    @Override
    public void close() {
        AtomicFiles.discard(part);
        release(owner, lock);
    }

    private static void release(Path owner, @Nullable FileChannel lock) {
        AtomicFiles.discard(owner);
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            log.warn("{} cannot be closed", owner, e);
        } finally {
            System.getProperties().remove(key(owner));
        }
    }

    /**
     * Deletes a part, or an owner file, that its maker has left behind.
     *
     * @return whether it was abandoned; false if it is in use, or cannot be deleted
     */
    static boolean deleteAbandoned(Path file) throws IOException {
        if (!Files.exists(file, NOFOLLOW_LINKS)) {
            return false;
        }
        if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            log.warn("{} has the name of a part and is no regular file; it stays", file);
            return false;
        }
        String name = PoolDirectory.nameOf(file);
        String stem = name.substring(0, name.lastIndexOf('.'));
        Path part = file.resolveSibling(stem + PART);
        Path owner = file.resolveSibling(stem + OWNER);
        if (System.getProperties().containsKey(key(owner))) {
            return false;
        }
        try (FileChannel lock = FileChannel.open(owner, WRITE, NOFOLLOW_LINKS)) {
            if (lock.tryLock() == null) {
                log.info("{} is in use by another process", part);
                return false;
            }
            Files.deleteIfExists(part);
            Files.deleteIfExists(owner);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(part);
        } catch (OverlappingFileLockException e) {
            return false;
        }
        return true;
    }

    /** The name will do: no other file has it. */
    private static String key(Path owner) {
        return TABLE + owner.getFileName();
    }
}
