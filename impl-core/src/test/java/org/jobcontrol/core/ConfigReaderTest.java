package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.engine.Settings.LeakTracking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration is read as a whole or refused with key, value and range. */
class ConfigReaderTest {
    @Test
    void read_nothing_givesTheDefaults() {
        assertThat(ConfigReader.read(Map.of())).isEqualTo(Settings.DEFAULTS);
    }

    @Test
    void read_whatTheMetatypeShows_givesTheDefaults() {
        Map<String, Object> shown = new HashMap<>();
        for (Method key : CoreConfig.class.getDeclaredMethods()) {
            shown.put(key.getName().replace("__", "_"), key.getDefaultValue());
        }
        assertThat(ConfigReader.read(shown)).isEqualTo(Settings.DEFAULTS);
        assertThat(shown).hasSize(9);
    }

    @Test
    void read_goodValues_takesThem() {
        Map<String, Object> properties = Map.of(
                "begin_timeout_millis",
                "250",
                "queue_max",
                7,
                "leak_tracking",
                "ALL",
                "overtaking_grace_micros",
                1500);
        Settings settings = ConfigReader.read(properties);
        assertThat(settings.beginTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.queueMax()).isEqualTo(7);
        assertThat(settings.leakTracking()).isEqualTo(LeakTracking.ALL);
        assertThat(settings.overtakingGrace()).isEqualTo(Duration.ofNanos(1_500_000));
    }

    @Test
    void unknownKeys_ofMisspeltKeys_areNamed() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("begin_timeout", "250");
        properties.put("queue.max", "7");
        properties.put("\uFEFFhistory_size", "5");
        properties.put("queue_max", "7");
        properties.put("service.pid", "org.jobcontrol");
        properties.put("component.name", "org.jobcontrol.core.CoreComponent");
        properties.put("felix.fileinstall.filename", "file:/etc/org.jobcontrol.cfg");
        assertThat(ConfigReader.unknownKeys(properties))
                .containsExactly("\\uFEFFhistory_size", "begin_timeout", "queue.max");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "begin_timeout_millis | 0         | not a number from 1 to 86400000",
                "begin_timeout_millis | soon      | not a number from 1 to 86400000",
                "queue_max            | -1        | not a number from 0 to 1000000",
                "history_size         | 1e3       | not a number from 0 to 1000000",
                "history_age_minutes  | 525601    | not a number from 1 to 525600",
                "drain_timeout_millis | 600001    | not a number from 0 to 600000",
                "stuck_warn_millis    | 99        | not a number from 100 to 86400000",
                "overtaking_grace_micros | 1000001 | not a number from 0 to 1000000",
                "leak_tracking        | SOMETIMES | not one of [OFF, SAMPLED, ALL]"
            })
    void read_aBadValue_namesKeyValueAndRange(String key, String value, String range) {
        assertThatThrownBy(() -> ConfigReader.read(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(key + " is '" + value + "', " + range);
    }
}
