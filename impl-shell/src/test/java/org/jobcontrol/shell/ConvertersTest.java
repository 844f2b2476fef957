package org.jobcontrol.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "30, PT30S",
        "0, PT0S",
        "1.5m, PT1M30S",
        "2min, PT2M",
        "1h, PT1H",
        "PT5S, PT5S"
    })
    void time_asPeopleWriteIt_isRead(String text, Duration time) {
        assertThat(Converters.time(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1s", "5 parsecs", "", "99999999999999999999h"})
    void time_thatIsNone_isRefusedByName(String text) {
        assertThatThrownBy(() -> Converters.time(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is no time");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "1k, 1024",
        "1KiB, 1024",
        "512MiB, 536870912",
        "512MB, 536870912",
        "1.5g, 1610612736",
        "8TiB, 8796093022208",
        "9223372036854775807, 9223372036854775807"
    })
    void size_asPeopleWriteIt_isRead(String text, long bytes) {
        assertThat(Converters.size(text)).isEqualTo(new Size(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"big", "-5", "9223372036854775808", "16EiB", "1 furlong", ""})
    void size_thatIsNone_isRefusedByName(String text) {
        assertThatThrownBy(() -> Converters.size(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is no size");
    }

    @Test
    void mask_ofWords_hasTheirTypes() throws CommandException {
        assertThat(Converters.mask(List.of("query", "MODIFY,suspend")))
                .isEqualTo(JobMask.of(JobType.QUERY, JobType.MODIFY, JobType.SUSPEND));
        assertThat(Converters.mask(List.of("DEFAULT", "MODIFY")))
                .isEqualTo(JobMask.DEFAULT.with(JobType.MODIFY));
        assertThat(Converters.mask(List.of("NONE"))).isEqualTo(JobMask.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NAP", "AGENT_QUERY", "QUERY,,MODIFY"})
    void mask_ofAnotherWord_isRefused(String word) {
        assertThatThrownBy(() -> Converters.mask(List.of(word)))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("a mask cannot hold '");
    }
}
