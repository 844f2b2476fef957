package org.jobcontrol.storage.directory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools that are defined, kept in a file so that they outlive the bundle: a property with the path
 * for each pool, and one for each attribute under {@code pool/attribute}. A change is written beside
 * the file and then takes its place, so there is always a whole one; it counts when it is on disk.
 */
final class Definitions {
    private static final Logger log = LoggerFactory.getLogger(Definitions.class);
    private static final String FILE = "pools.properties";

    private final @Nullable Path file;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, PoolSpec> pools = new TreeMap<>();

    /**
     * Reads what was defined.
     *
     * @param directory where the file is, or null to keep nothing
     */
    Definitions(@Nullable Path directory) {
        this.file = directory == null ? null : directory.resolve(FILE);
        if (file != null && Files.exists(file)) {
            load(file);
        }
    }

    List<PoolSpec> list() {
        synchronized (lock) {
            return List.copyOf(pools.values());
        }
    }

    /** Adds a pool; two cannot be one directory, or their jobs would not keep each other out. */
    void add(PoolSpec pool) throws StorageException {
        Path path = new PoolDirectory(pool).realPath();
        synchronized (lock) {
            for (PoolSpec other : pools.values()) {
                Path its = new PoolDirectory(other).realPath();
                if (its.equals(path) || other.name().equals(pool.name())) {
                    String detail = "pool " + other.name() + " has " + its;
                    throw new StorageException(Reason.EXISTS, pool.name(), null, detail, null);
                }
            }
            Map<String, PoolSpec> next = new TreeMap<>(pools);
            next.put(pool.name(), pool);
            store(next, pool);
            pools.put(pool.name(), pool);
        }
    }

    void remove(PoolSpec pool) throws StorageException {
        synchronized (lock) {
            Map<String, PoolSpec> next = new TreeMap<>(pools);
            next.remove(pool.name());
            store(next, pool);
            pools.remove(pool.name());
        }
    }

    private void store(Map<String, PoolSpec> next, PoolSpec changed) throws StorageException {
        if (file == null) {
            return;
        }
        Properties properties = new Properties();
        for (PoolSpec pool : next.values()) {
            properties.setProperty(pool.name(), pool.path().toAbsolutePath().toString());
            // No pool has a slash in its name.
            pool.attributes()
                    .forEach((name, value) ->
                            properties.setProperty(pool.name() + "/" + name, value));
        }
        try {
            DurableFiles.replace(file, properties, "storage pools");
        } catch (IOException e) {
            String detail = "its definition cannot be kept in " + file + ": " + e.getMessage();
            throw new StorageException(Reason.IO, changed.name(), null, detail, e);
        }
    }

    private void load(Path from) {
        Properties properties;
        try {
            properties = DurableFiles.read(from);
        } catch (IOException e) {
            log.error("{} cannot be read; its pools have to be defined again", from, e);
            return;
        }
        Map<String, Map<String, String>> attributes = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            int slash = key.indexOf('/');
            if (slash > 0) {
                attributes
                        .computeIfAbsent(key.substring(0, slash), name -> new HashMap<>())
                        .put(key.substring(slash + 1), properties.getProperty(key));
            }
        }
        for (String key : properties.stringPropertyNames()) {
            if (key.indexOf('/') < 0) {
                load(key, properties.getProperty(key), attributes.getOrDefault(key, Map.of()));
            }
        }
    }

    private void load(String name, String path, Map<String, String> attributes) {
        try {
            PoolSpec pool = new PoolSpec(name, PoolSpec.DIRECTORY, Path.of(path), attributes);
            synchronized (lock) {
                pools.put(name, pool);
            }
        } catch (IllegalArgumentException e) {
            log.error("pool '{}' with path '{}' in {} is none", name, path, file, e);
        }
    }
}
