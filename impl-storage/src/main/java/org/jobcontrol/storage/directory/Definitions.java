package org.jobcontrol.storage.directory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools that are defined, kept in a file of the state directory. A change is written beside the
 * file and then takes its place, so there is always a whole one; the change counts when it is on disk.
 *
 * <p>Nothing in the file is lost. An entry that cannot be loaded is logged, written back unchanged with
 * every change, and its name stays taken. A file that cannot be read is never replaced: changes fail
 * until it can be read again, and {@link #list} returns what was read before.
 *
 * <p>Several processes may use one state directory: each change holds a lock on the directory, reads the
 * file again and applies to what is there. The pools of another process are seen after the next change.
 */
final class Definitions {
    /*
     * Locking. The lock serializes changes and is held while the file is read and written. The table is
     * an immutable snapshot, so listing and checking a pool wait for nobody.
     */
    private static final Logger log = LoggerFactory.getLogger(Definitions.class);

    private final @Nullable StateDirectory state;
    private final Object lock = new Object();
    private volatile PoolTable table = PoolTable.EMPTY;

    /** Why the file could not be read; null if the table is what it contains. */
    private volatile @Nullable IOException unread;

    /** Computes the new content of the file from the current one. */
    private interface Change {
        PoolTable applyTo(PoolTable current) throws StorageException;
    }

    /**
     * Reads the pools that were defined before.
     *
     * @param state where the file is, or null to keep the pools in memory only
     */
    Definitions(@Nullable StateDirectory state) {
        this.state = state;
        if (state != null) {
            synchronized (lock) {
                try {
                    read(file(state));
                } catch (IOException e) {
                    unread = e;
                    log.error("the defined pools are not known, and none can be defined", e);
                }
            }
        }
    }

    List<PoolSpec> list() {
        if (state != null && unread != null) {
            readAgain(state);
        }
        return List.copyOf(table.pools().values());
    }

    /**
     * Adds a pool.
     *
     * @throws StorageException with reason EXISTS if there is a pool with its name or with its
     *     directory: the jobs of two pools on one directory would not exclude each other; UNSUPPORTED
     *     if its path cannot be written down; IO if the file cannot be read or written
     */
    void add(PoolSpec pool) throws StorageException {
        checkPath(pool);
        change(pool, current -> {
            String unusable = current.unusable().get(pool.name());
            if (unusable != null) {
                String detail = "the name is taken by a definition in " + state
                        + " that cannot be used here: " + unusable;
                throw new StorageException(Reason.EXISTS, pool.name(), null, detail, null);
            }
            PoolSpec same = current.pools().get(pool.name());
            if (same != null) {
                String detail = "there is one with that name, in " + same.path();
                throw new StorageException(Reason.EXISTS, pool.name(), null, detail, null);
            }
            checkAlone(pool, current, Reason.EXISTS);
            return current.with(pool);
        });
    }

    /**
     * Removes a pool; does nothing if another process has removed it.
     *
     * @throws StorageException with reason INVALID_STATE if another process has defined the name
     *     differently since; IO if the file cannot be read or written
     */
    void remove(PoolSpec pool) throws StorageException {
        change(pool, current -> {
            PoolSpec found = current.pools().get(pool.name());
            boolean changed = found == null
                    ? current.unusable().containsKey(pool.name())
                    : !isSame(found, pool);
            if (changed) {
                String detail = "its definition in " + state + " was changed by another process";
                throw new StorageException(Reason.INVALID_STATE, pool.name(), null, detail, null);
            }
            return current.without(pool.name());
        });
    }

    /**
     * Checks that no other defined pool has the directory of a pool. Links and mounts can change after
     * a pool was defined, and directories that were missing then may exist now. The pool itself need
     * not be defined.
     *
     * @throws StorageException with reason INVALID_STATE, naming the other pool
     */
    void checkAlone(PoolSpec pool) throws StorageException {
        checkAlone(pool, table, Reason.INVALID_STATE);
    }

    private static void checkAlone(PoolSpec pool, PoolTable table, Reason reason)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        for (PoolSpec other : table.pools().values()) {
            PoolDirectory taken = new PoolDirectory(other);
            if (!other.name().equals(pool.name()) && directory.isSameAs(taken)) {
                String detail = "its directory " + directory.path() + " is taken: pool "
                        + other.name() + " has " + taken.path();
                throw new StorageException(reason, pool.name(), null, detail, null);
            }
        }
    }

    /** Checks that the path is the same after it was written as text. */
    private static void checkPath(PoolSpec pool) throws StorageException {
        Path path = pool.path().toAbsolutePath();
        try {
            if (Path.of(path.toString()).equals(path)) {
                return;
            }
        } catch (InvalidPathException e) {
            log.debug("'{}' is not a path in this locale", path, e);
        }
        String detail = "its path " + path + " cannot be represented in the locale of this process";
        throw new StorageException(Reason.UNSUPPORTED, pool.name(), null, detail, null);
    }

    private static boolean isSame(PoolSpec found, PoolSpec pool) {
        return found.path().toAbsolutePath().equals(pool.path().toAbsolutePath())
                && found.attributes().equals(pool.attributes());
    }

    // ---- the file -------------------------------------------------------------------------------

    private void change(PoolSpec pool, Change change) throws StorageException {
        synchronized (lock) {
            if (state == null) {
                table = change.applyTo(table);
                return;
            }
            try {
                change(state, change);
            } catch (IOException e) {
                String detail = "its definition cannot be kept in " + state + ": " + e.getMessage();
                throw new StorageException(Reason.IO, pool.name(), null, detail, e);
            }
        }
    }

    @GuardedBy("lock")
    private void change(StateDirectory where, Change change) throws IOException, StorageException {
        Path file = file(where);
        StateLock.holding(where.prepare(), () -> {
            readForChange(file);
            PoolTable next = change.applyTo(table);
            DurableFiles.replace(file, next.toProperties(), "storage pools");
            table = next;
        });
    }

    private static Path file(StateDirectory where) throws IOException {
        return where.prepare().resolve(StateDirectory.POOLS);
    }

    private void readAgain(StateDirectory where) {
        synchronized (lock) {
            try {
                read(file(where));
                log.info("{} can be read again", where);
            } catch (IOException e) {
                log.debug("{} still cannot be read", where, e);
            }
        }
    }

    private void readForChange(Path file) throws IOException {
        try {
            read(file);
        } catch (IOException e) {
            unread = e;
            throw e;
        }
    }

    /** Reads the file. If there is none, what is known stays: nothing here ever deletes the file. */
    private void read(Path file) throws IOException {
        // A link that leads nowhere is a file that cannot be read.
        if (!Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            PoolTable next = PoolTable.of(DurableFiles.read(file));
            if (!next.unusable().equals(table.unusable())) {
                next.unusable()
                        .forEach((name, why) -> log.error(
                                "pool '{}' in {} cannot be used, and is kept as it is: {}",
                                name,
                                file,
                                why));
            }
            table = next;
        }
        unread = null;
    }
}
