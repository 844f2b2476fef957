package org.jobcontrol.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.engine.Settings.LeakTracking;

/** Reads a configuration: all of it is good, or it is refused as a whole. */
final class ConfigReader {
    private static final Set<String> KEYS = Arrays.stream(CoreConfig.class.getDeclaredMethods())
            .map(key -> key.getName().replace("__", "_"))
            .collect(Collectors.toUnmodifiableSet());

    /** What the keys begin with that the framework, SCR, File Install and Karaf add. */
    private static final List<String> ADDED =
            List.of("service.", "component.", "osgi.ds.", "felix.", "org.apache.");

    private final Map<String, Object> properties;

    private ConfigReader(Map<String, Object> properties) {
        this.properties = properties;
    }

    /**
     * Reads a configuration; what it does not name has its default.
     *
     * @throws IllegalArgumentException if a value is out of range; names key, value and range
     */
    static Settings read(Map<String, Object> properties) {
        ConfigReader reader = new ConfigReader(properties);
        Settings defaults = Settings.DEFAULTS;
        return new Settings(
                Duration.ofMillis(reader.number(
                        "begin_timeout_millis",
                        1,
                        86_400_000,
                        defaults.beginTimeout().toMillis())),
                (int) reader.number("queue_max", 0, 1_000_000, defaults.queueMax()),
                (int) reader.number("history_size", 0, 1_000_000, defaults.historySize()),
                Duration.ofMinutes(reader.number(
                        "history_age_minutes", 1, 525_600, defaults.historyAge().toMinutes())),
                Duration.ofMillis(reader.number(
                        "drain_timeout_millis",
                        0,
                        600_000,
                        defaults.drainTimeout().toMillis())),
                Duration.ofMillis(reader.number(
                        "stuck_warn_millis",
                        100,
                        86_400_000,
                        defaults.stuckWarn().toMillis())),
                reader.leakTracking(defaults.leakTracking()),
                Duration.ofNanos(1_000
                        * reader.number(
                                "overtaking_grace_micros",
                                0,
                                1_000_000,
                                defaults.overtakingGrace().toNanos() / 1_000)));
    }

    /**
     * Returns the keys of a configuration that nothing reads, as of a key that is misspelt, in a form
     * that shows characters which are invisible: a file with a byte order mark has it in its first key.
     */
    static List<String> unknownKeys(Map<String, Object> properties) {
        return properties.keySet().stream()
                .filter(key -> !KEYS.contains(key))
                .filter(key -> ADDED.stream().noneMatch(key::startsWith))
                .map(key -> key.replace("\uFEFF", "\\uFEFF"))
                .sorted()
                .toList();
    }

    private long number(String key, long min, long max, long otherwise) {
        Object value = properties.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value.toString().strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        throw refusal(key, value, "a number from " + min + " to " + max);
    }

    private LeakTracking leakTracking(LeakTracking otherwise) {
        Object value = properties.get("leak_tracking");
        if (value == null) {
            return otherwise;
        }
        return Arrays.stream(LeakTracking.values())
                .filter(choice -> choice.name().equals(value.toString().strip()))
                .findFirst()
                .orElseThrow(() -> refusal(
                        "leak_tracking",
                        value,
                        "one of " + Arrays.toString(LeakTracking.values())));
    }

    private static IllegalArgumentException refusal(String key, Object value, String range) {
        return new IllegalArgumentException(key + " is '" + value + "', not " + range);
    }
}
