package org.jobcontrol.storage.directory;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jobcontrol.api.storage.PoolSpec;
import org.jspecify.annotations.Nullable;

/**
 * The content of a definitions file: a property with the path for each pool, and one for each attribute
 * under {@code pool/attribute}; no pool has a slash in its name. Entries that cannot be loaded, for
 * example because the locale of this process cannot represent the path, are kept as they were read.
 *
 * @param pools the pools, by name
 * @param unusable why a pool could not be loaded, by name
 * @param kept the properties of the pools that could not be loaded
 */
record PoolTable(
        Map<String, PoolSpec> pools, Map<String, String> unusable, Map<String, String> kept) {
    static final PoolTable EMPTY = new PoolTable(Map.of(), Map.of(), Map.of());

    PoolTable {
        pools = Collections.unmodifiableMap(new TreeMap<>(pools));
        unusable = Collections.unmodifiableMap(new TreeMap<>(unusable));
        kept = Map.copyOf(kept);
    }

    /** Returns the content of a file that was read. */
    static PoolTable of(Properties properties) {
        Map<String, PoolSpec> pools = new TreeMap<>();
        Map<String, String> unusable = new TreeMap<>();
        Map<String, String> kept = new TreeMap<>();
        for (String name : names(properties)) {
            Map<String, String> attributes = attributes(properties, name);
            String path = properties.getProperty(name);
            try {
                pools.put(name, pool(name, path, attributes));
            } catch (IllegalArgumentException e) {
                unusable.put(name, String.valueOf(e.getMessage()));
                attributes.forEach((key, value) -> kept.put(name + "/" + key, value));
                if (path != null) {
                    kept.put(name, path);
                }
            }
        }
        return new PoolTable(pools, unusable, kept);
    }

    private static SortedSet<String> names(Properties properties) {
        SortedSet<String> names = new TreeSet<>();
        for (String key : properties.stringPropertyNames()) {
            int slash = key.indexOf('/');
            names.add(slash < 0 ? key : key.substring(0, slash));
        }
        return names;
    }

    private static Map<String, String> attributes(Properties properties, String name) {
        Map<String, String> attributes = new TreeMap<>();
        String prefix = name + "/";
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                attributes.put(key.substring(prefix.length()), properties.getProperty(key));
            }
        }
        return attributes;
    }

    private static PoolSpec pool(
            String name, @Nullable String path, Map<String, String> attributes) {
        if (path == null) {
            throw new IllegalArgumentException("it has attributes but no path");
        }
        Path directory = Path.of(path);
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("its path '" + path + "' is not absolute");
        }
        return new PoolSpec(name, PoolSpec.DIRECTORY, directory, attributes);
    }

    /** Returns the content of a file that is to be written. */
    Properties toProperties() {
        Properties properties = new Properties();
        properties.putAll(kept);
        for (PoolSpec pool : pools.values()) {
            properties.setProperty(pool.name(), pool.path().toAbsolutePath().toString());
            pool.attributes()
                    .forEach((name, value) ->
                            properties.setProperty(pool.name() + "/" + name, value));
        }
        return properties;
    }

    PoolTable with(PoolSpec pool) {
        Map<String, PoolSpec> next = new TreeMap<>(pools);
        next.put(pool.name(), pool);
        return new PoolTable(next, unusable, kept);
    }

    PoolTable without(String name) {
        Map<String, PoolSpec> next = new TreeMap<>(pools);
        next.remove(name);
        return new PoolTable(next, unusable, kept);
    }
}
