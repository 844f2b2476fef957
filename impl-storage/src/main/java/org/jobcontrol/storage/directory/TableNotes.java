package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jobcontrol.api.storage.VolumeSpec;
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
     *
     * Two processes may use one state directory. So what is written is not the table as it was read once,
     * but the table as it is then with the changes of this process.
     */
    private static final Logger log = LoggerFactory.getLogger(TableNotes.class);

    private final @Nullable StateDirectory state;
    private final Object lock = new Object();

    /** The table as it was read or written last; null until it is read. */
    @GuardedBy("lock")
    private @Nullable Properties table;

    /** What is to be written: a text for each key, or empty if its note is removed. */
    @GuardedBy("lock")
    private final Map<String, Optional<String>> changes = new HashMap<>();

    TableNotes(@Nullable StateDirectory state) {
        this.state = state;
    }

    /** Returns whether the table outlives this process. */
    boolean outlives() {
        return state != null;
    }

    @Override
    public @Nullable String get(Path file, String name) throws IOException {
        synchronized (lock) {
            if (changes.isEmpty() && table().isEmpty()) {
                return null;
            }
            String key = key(file, name);
            Optional<String> changed = changes.get(key);
            return changed == null ? table().getProperty(key) : changed.orElse(null);
        }
    }

    @Override
    public void put(Path file, String name, String text) throws IOException {
        String key = key(file, name);
        synchronized (lock) {
            changes.put(key, Optional.of(text));
        }
    }

    @Override
    public void remove(Path file, String name) throws IOException {
        synchronized (lock) {
            if (get(file, name) != null) {
                changes.put(key(file, name), Optional.empty());
            }
        }
        flush();
    }

    @Override
    public void force(Path file) throws IOException {
        flush();
    }

    /** Removes all notes of a file, which need not be there any more. */
    void forget(String owner) throws IOException {
        synchronized (lock) {
            for (String key : table().stringPropertyNames()) {
                if (key.startsWith(owner + "|")) {
                    changes.put(key, Optional.empty());
                }
            }
            changes.replaceAll(
                    (key, text) -> key.startsWith(owner + "|") ? Optional.empty() : text);
        }
        flush();
    }

    /** Writes the notes of all files. */
    void flush() throws IOException {
        synchronized (lock) {
            if (changes.isEmpty()) {
                return;
            }
            Map<String, Optional<String>> due = Map.copyOf(changes);
            table = state == null ? changed(table(), due) : write(state.prepare(), due);
            changes.clear();
        }
    }

    private static Properties write(Path directory, Map<String, Optional<String>> changes)
            throws IOException {
        Path file = directory.resolve(StateDirectory.VOLUMES);
        Properties written = new Properties();
        StateLock.holding(directory, () -> {
            written.putAll(changed(read(file), changes));
            DurableFiles.replace(file, written, "what is known of volumes");
        });
        return written;
    }

    private static Properties changed(Properties table, Map<String, Optional<String>> changes) {
        changes.forEach((key, text) -> {
            boolean probed = text.isPresent() && text.get().endsWith(VolumeRecords.FOUND);
            if (probed && VolumeSpec.RAW.equals(table.getProperty(key))) {
                // another process has made this volume since
                return;
            }
            if (text.isPresent()) {
                table.setProperty(key, text.get());
            } else {
                table.remove(key);
            }
        });
        return table;
    }

    @GuardedBy("lock")
    private Properties table() throws IOException {
        Properties known = table;
        if (known == null) {
            known = state == null
                    ? new Properties()
                    : read(state.prepare().resolve(StateDirectory.VOLUMES));
            table = known;
        }
        return known;
    }

    /** A table that is damaged is kept beside: it must not make the volumes of all pools unusable. */
    private static Properties read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new Properties();
        }
        try {
            return DurableFiles.read(file);
        } catch (DurableFiles.Malformed e) {
            Path kept = file.resolveSibling(
                    StateDirectory.VOLUMES + ".damaged-" + System.currentTimeMillis());
            Files.move(file, kept);
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

    /**
     * Returns whether a file is the one that had an identity. The inode alone counts only where the
     * birth cannot be told: an inode can be guessed.
     */
    static boolean isIdentity(Path file, String former) throws IOException {
        String identity = identity(file);
        int at = former.lastIndexOf('@');
        if (identity.endsWith("@") && at > 0) {
            return identity.equals(former.substring(0, at + 1));
        }
        return identity.equals(former);
    }

    private static String birth(Path file) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        return linux.isPresent() ? linux.get().birth(file).orElse("") : "";
    }
}
