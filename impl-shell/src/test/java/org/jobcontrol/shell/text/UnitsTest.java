package org.jobcontrol.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "268435456, 256 MiB",
        "1073741823, 1024 MiB",
        "1073741824, 1 GiB",
        "9223372036854775807, 8192 PiB"
    })
    void size_ofBytes_usesTheLargestUnit(long bytes, String text) {
        assertThat(Units.size(bytes)).isEqualTo(text);
    }

    @Test
    void part_ofAWhole_usesTheUnitOfTheWhole() {
        assertThat(Units.part(512L << 20, 1L << 30)).isEqualTo("0.5/1 GiB");
    }

    @Test
    void time_underAMillisecond_isNotNothing() {
        assertThat(Units.time(Duration.ofNanos(1))).isEqualTo("<1 ms");
    }

    @Test
    void time_longerThanAllMilliseconds_isDays() {
        assertThat(Units.time(Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo("106751991167300 d 15 h");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1.0 s",
        "1249, 1.2 s",
        "59949, 59.9 s",
        "59950, 1 min 0 s",
        "125000, 2 min 5 s",
        "3599499, 59 min 59 s",
        "3599999, 1 h 0 min",
        "7229000, 2 h 0 min",
        "86399000, 1 d 0 h",
        "187200000, 2 d 4 h"
    })
    void time_ofMilliseconds_isShort(long millis, String text) {
        assertThat(Units.time(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
