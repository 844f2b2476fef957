package org.jobcontrol.core.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the journal is kept. The first of these decides:
 *
 * <ol>
 *   <li>the configuration key {@code journal_dir}
 *   <li>{@code journal} below the framework or system property {@code jobcontrol.home}
 *   <li>in Karaf, {@code jobcontrol/journal} below {@code karaf.base}: {@code karaf.data} is deleted
 *       when Karaf starts with {@code clean}
 *   <li>the bundle's data area, which the framework deletes when the bundle is uninstalled
 * </ol>
 *
 * <p>A journal from before another place was chosen, in the data area or in the directory below {@code
 * karaf.data} that the feature once configured, is moved to the new place. That directory counts as not
 * configured: Karaf keeps a configuration file that is there when a new version is installed.
 *
 * @param place the directory, which need not exist; empty if the framework has no place
 * @param former where the journal may have been before
 */
record JournalPlace(String place, List<Path> former) {
    static final String KEY = "journal_dir";

    private static final Logger LOG = LoggerFactory.getLogger(JournalPlace.class);
    private static final String NAME = "journal";

    JournalPlace {
        former = List.copyOf(former);
    }

    /** Returns where the journal of a bundle is. */
    static JournalPlace of(BundleContext context, Map<String, Object> properties) {
        List<Path> former = new ArrayList<>();
        Path inKaraf = inKarafData(context);
        if (inKaraf != null) {
            former.add(inKaraf);
        }
        File dataArea = context.getDataFile(NAME);
        if (dataArea != null) {
            former.add(dataArea.toPath());
        }
        String configured = configured(properties);
        boolean formerDefault = inKaraf != null && inKaraf.equals(normal(configured));
        if (!configured.isEmpty() && !formerDefault) {
            return new JournalPlace(
                    configured, dataArea == null ? List.of() : List.of(dataArea.toPath()));
        }
        String home = home(context);
        if (home != null) {
            if (!configured.isEmpty()) {
                LOG.info("{} = {} was the default once; the journal is in {}", KEY, inKaraf, home);
            }
            return new JournalPlace(home + File.separator + NAME, former);
        }
        return new JournalPlace(dataArea == null ? "" : dataArea.getPath(), List.of());
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

    /** Returns the directory that the Karaf feature once configured, or null outside of Karaf. */
    private static @Nullable Path inKarafData(BundleContext context) {
        String data = context.getProperty("karaf.data");
        return data == null ? null : normal(data + File.separator + "jobcontrol/" + NAME);
    }

    private static @Nullable Path normal(String path) {
        try {
            return Path.of(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            LOG.debug("'{}' is not a path", path, e);
            return null;
        }
    }

    /**
     * Returns the directory.
     *
     * @throws IOException if there is none, or if its name is no path
     */
    Path directory() throws IOException {
        if (place.isEmpty()) {
            throw new IOException(
                    "the framework has no data areas, and no " + KEY + " is configured");
        }
        try {
            return Path.of(place).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException(
                    "the journal's directory '" + place + "' is not a path: " + e.getReason(), e);
        }
    }
}
