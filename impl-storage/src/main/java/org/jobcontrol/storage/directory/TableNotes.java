package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in a table, for file systems without extended attributes. The table is a properties file in
 * the driver's state directory; without one it lasts as long as the driver.
 */
final class TableNotes implements FileNotes {
    /*
     * Identity. A key is DIRECTORY|INODE@BIRTH|NAME: the real path of the directory, because the device
     * numbers of network file systems change with each mount; the inode, because names are used again;
     * and the time of birth, because inodes are used again too. Where the platform does not tell the
     * birth (no JNA), the inode has to do. Where there are no inodes, the name of the file stands there.
     * Notes of files that others have deleted stay: a directory that is empty may just not be mounted.
     */
    private static final Logger log = LoggerFactory.getLogger(TableNotes.class);
    private static final String FILE = "volumes.properties";

    private final @Nullable Path table;
    private final Object lock = new Object();

    /** Null until the table is read. */
    @GuardedBy("lock")
    private @Nullable Properties notes;

    /** Whether the table on the disk is older. */
    @GuardedBy("lock")
    private boolean changed;

    TableNotes(@Nullable Path stateDirectory) {
        this.table = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    }

    /** Returns whether the table outlives this process. */
    boolean outlives() {
        return table != null;
    }

    @Override
    public @Nullable String get(Path file, String name) throws IOException {
        synchronized (lock) {
            Properties known = notes();
            return known.isEmpty() ? null : known.getProperty(key(file, name));
        }
    }

    @Override
    public void put(Path file, String name, String text) throws IOException {
        String key = key(file, name);
        synchronized (lock) {
            changed |= !text.equals(notes().setProperty(key, text));
        }
    }

    @Override
    public void remove(Path file, String name) throws IOException {
        synchronized (lock) {
            if (!notes().isEmpty()) {
                changed |= notes().remove(key(file, name)) != null;
            }
        }
        flush();
    }

    @Override
    public void force(Path file) throws IOException {
        flush();
    }

    /** Writes the notes of all files. */
    void flush() throws IOException {
        synchronized (lock) {
            if (changed && table != null) {
                DurableFiles.replace(table, notes(), "what is known of volumes");
            }
            changed = false;
        }
    }

    /** Removes all notes of a file, which need not be there any more. */
    void forget(String owner) throws IOException {
        synchronized (lock) {
            changed |= notes().keySet().removeIf(key -> ownerIn(key.toString()).equals(owner));
        }
        flush();
    }

    private static String ownerIn(String key) {
        return key.substring(0, key.lastIndexOf('|'));
    }

    @GuardedBy("lock")
    private Properties notes() throws IOException {
        Properties known = notes;
        if (known == null) {
            known = table == null || !Files.exists(table) ? new Properties() : read(table);
            notes = known;
        }
        return known;
    }

    /** A table that is damaged is kept beside: it must not make the volumes of all pools unusable. */
    private static Properties read(Path table) throws IOException {
        try {
            return DurableFiles.read(table);
        } catch (IOException e) {
            Path kept = table.resolveSibling(FILE + ".damaged-" + System.currentTimeMillis());
            Files.move(table, kept);
            log.error(
                    "the table of volumes is damaged and kept as {}; formats and marks of volumes on"
                            + " file systems without extended attributes are lost",
                    kept,
                    e);
            return new Properties();
        }
    }

    private static String key(Path file, String name) throws IOException {
        return owner(file) + "|" + name;
    }

    /** Identifies a file, as long as it is there. */
    static String owner(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        return (directory == null ? "" : directory.toRealPath()) + "|" + identity(file);
    }

    /** Identifies a file within its directory: it stays the same when the file is renamed or linked. */
    static String identity(Path file) throws IOException {
        try {
            Object inode = Files.getAttribute(file, "unix:ino", NOFOLLOW_LINKS);
            return inode + "@" + birth(file);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // no inodes on this platform
            return String.valueOf(file.getFileName());
        }
    }

    private static String birth(Path file) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        return linux.isPresent() ? linux.get().birth(file).orElse("") : "";
    }
}
