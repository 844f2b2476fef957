package org.jobcontrol.storage.directory;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the driver keeps what must outlive its bundle. The first of these decides:
 *
 * <ol>
 *   <li>the configuration key {@code state_dir}
 *   <li>{@code storage} below the framework or system property {@code jobcontrol.home}
 *   <li>in Karaf, {@code jobcontrol/storage} below {@code karaf.base}: {@code karaf.data} is deleted
 *       when Karaf starts with {@code clean}
 *   <li>the bundle's data area, which the framework deletes when the bundle is uninstalled
 * </ol>
 *
 * <p>If the data area has a file from before another place was chosen, and the new place has none, the
 * file is moved there.
 */
final class StateDirectory {
    /** The file with the definitions of the pools. */
    static final String POOLS = "pools.properties";

    /** The file with what is known of volumes on file systems without extended attributes. */
    static final String VOLUMES = "volumes.properties";

    static final String KEY = "state_dir";

    private static final Logger log = LoggerFactory.getLogger(StateDirectory.class);
    private static final String NAME = "storage";

    private final String place;
    private final @Nullable Path former;

    /** Whether nothing is left to be moved. */
    private volatile boolean movedAll;

    /**
     * Describes a directory; nothing is read or made yet.
     *
     * @param place the directory, which need not exist
     * @param former where the files were kept before, or null
     */
    StateDirectory(String place, @Nullable Path former) {
        this.place = place;
        this.former = former;
    }

    /** Returns where the driver of a bundle keeps its state, or null if the framework has no place. */
    static @Nullable StateDirectory of(BundleContext context, Map<String, Object> properties) {
        File dataArea = context.getDataFile("");
        Path former = dataArea == null ? null : dataArea.toPath();
        String configured = configured(properties);
        if (!configured.isEmpty()) {
            return new StateDirectory(configured, former);
        }
        String home = home(context);
        if (home != null) {
            return new StateDirectory(home + File.separator + NAME, former);
        }
        return former == null ? null : new StateDirectory(former.toString(), null);
    }

    static String configured(Map<String, Object> properties) {
        return properties.get(KEY) instanceof String value ? value.strip() : "";
    }

    private static @Nullable String home(BundleContext context) {
        String home = context.getProperty("jobcontrol.home");
        if (home != null && !home.isBlank()) {
            return home.strip();
        }
        String karaf = context.getProperty("karaf.base");
        return karaf == null ? null : karaf + File.separator + "jobcontrol";
    }

    /**
     * Makes the directory if it is missing, and moves the files of the former one into it.
     *
     * @return the directory
     * @throws IOException if the directory cannot be used; all files are where they were
     */
    Path prepare() throws IOException {
        Path directory;
        try {
            directory = Path.of(place).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("'" + place + "' is not a path: " + e.getReason(), e);
        }
        try {
            DurableFiles.createDirectories(directory);
            if (former != null && !movedAll) {
                move(former.resolve(VOLUMES), directory);
                move(former.resolve(POOLS), directory);
                movedAll = true;
            }
        } catch (IOException e) {
            throw new IOException("the directory " + directory + " cannot be used: " + e, e);
        }
        return directory;
    }

    private static void move(Path from, Path directory) throws IOException {
        if (Files.notExists(from)) {
            return;
        }
        StateLock.holding(directory, () -> {
            Path to = directory.resolve(from.getFileName());
            if (Files.notExists(to, LinkOption.NOFOLLOW_LINKS)) {
                DurableFiles.move(from, to);
                log.info("{} was moved to {}", from, to);
            } else if (!Files.isSameFile(from, to)) {
                leave(from, to);
            }
        });
    }

    /** Deletes the old file if the new one is its copy, which an interrupted move can leave. */
    private static void leave(Path from, Path to) throws IOException {
        if (Files.mismatch(from, to) == -1) {
            Files.delete(from);
        } else {
            log.warn("{} is not used, as there is {}", from, to);
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
