package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
     */
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

    /** Removes the notes of a directory's files that are not among these. */
    void retain(Path directory, Set<Path> files) throws IOException {
        String prefix = directory.toRealPath() + "|";
        synchronized (lock) {
            if (notes().keySet().stream().noneMatch(key -> belongs(key, prefix))) {
                return;
            }
            Set<String> owners = new HashSet<>();
            for (Path file : files) {
                if (Files.exists(file, NOFOLLOW_LINKS)) {
                    owners.add(owner(file));
                }
            }
            changed |= notes().keySet()
                    .removeIf(key ->
                            belongs(key, prefix) && !owners.contains(ownerIn(key.toString())));
        }
    }

    /** Removes all notes of a file, which need not be there any more. */
    void forget(String owner) throws IOException {
        synchronized (lock) {
            changed |= notes().keySet().removeIf(key -> ownerIn(key.toString()).equals(owner));
        }
        flush();
    }

    private static boolean belongs(Object key, String prefix) {
        return key.toString().startsWith(prefix);
    }

    private static String ownerIn(String key) {
        return key.substring(0, key.lastIndexOf('|'));
    }

    @GuardedBy("lock")
    private Properties notes() throws IOException {
        Properties known = notes;
        if (known == null) {
            known = table == null || !Files.exists(table)
                    ? new Properties()
                    : DurableFiles.read(table);
            notes = known;
        }
        return known;
    }

    private static String key(Path file, String name) throws IOException {
        return owner(file) + "|" + name;
    }

    /** Identifies a file, as long as it is there. */
    static String owner(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        return (directory == null ? "" : directory.toRealPath()) + "|" + identity(file);
    }

    private static String identity(Path file) throws IOException {
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
