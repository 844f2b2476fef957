package org.jobcontrol.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.Progress.Amount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarTest {
    private static final long MIB = 1 << 20;
    private static final Amount HALF = Amount.of(256 * MIB, 128 * MIB);
    private static final Amount ALL = Amount.of(256 * MIB, 256 * MIB);

    @Test
    void line_running_hasBytesRateAndTimeLeft() {
        assertThat(line(JobState.RUNNING, HALF, 0, 98))
                .isEqualTo("#5 CLONE a.img  [##############..............]  50 %"
                        + "  128/256 MiB    64 MiB/s  2.0 s left");
    }

    @Test
    void line_runningWithABandwidth_believesIt() {
        assertThat(line(JobState.RUNNING, HALF, 256 * MIB, 98))
                .endsWith("   256 MiB/s  500 ms left");
    }

    @Test
    void line_runningWithoutProgress_saysThatItRuns() {
        assertThat(line(JobState.RUNNING, Amount.NONE, 0, 98)).endsWith("  running");
    }

    @Test
    void line_totalNotKnown_hasBytesWithoutABar() {
        Amount some = Amount.of(0, 128 * MIB);
        assertThat(line(JobState.RUNNING, some, 0, 98))
                .isEqualTo("#5 CLONE a.img" + " ".repeat(44) + "128 MiB    64 MiB/s  running");
        assertThat(bar(JobState.RUNNING, some, 0).plain())
                .isEqualTo("#5 CLONE a.img: 128 MiB, 64 MiB/s, running");
    }

    @Test
    void line_nothingDoneYet_knowsNoTimeLeft() {
        assertThat(line(JobState.RUNNING, Amount.of(256 * MIB, 0), 0, 98))
                .contains("[......")
                .endsWith("  0 %    0/256 MiB       0 B/s  running");
    }

    @Test
    void line_waiting_hasNoBar() {
        assertThat(line(JobState.WAITING, Amount.NONE, 0, 98))
                .doesNotContain("[")
                .endsWith("  waiting 300 ms");
    }

    @Test
    void line_aborting_saysSo() {
        assertThat(line(JobState.ABORTING, HALF, 0, 98)).contains("50 %").endsWith("  aborting");
    }

    @Test
    void line_finished_hasOutcomeAndMeanRate() {
        assertThat(line(JobState.FINISHED, ALL, 0, 98))
                .endsWith("] 100 %  256/256 MiB   128 MiB/s  COMPLETED 2.0 s");
    }

    @Test
    void line_completedWithLessReported_standsAtHundred() {
        assertThat(line(JobState.FINISHED, HALF, 0, 98)).contains("#] 100 %").doesNotContain(".]");
    }

    @Test
    void line_moreProcessedThanThereIs_staysAtHundred() {
        Amount more = new Amount(256 * MIB, 300 * MIB, 0);
        assertThat(line(JobState.RUNNING, more, 0, 98)).contains("#] 100 %");
    }

    @Test
    void line_ofTheLargestAmount_isNotNegative() {
        Amount half = Amount.of(Long.MAX_VALUE, Long.MAX_VALUE / 2);
        assertThat(line(JobState.RUNNING, half, 1L << 60, 98))
                .contains("[##############..............]  50 %")
                .endsWith(" 4.0 s left");
        assertThat(bar(JobState.RUNNING, half, 1).plain())
                .endsWith(": 50 %, 4096/8192 PiB, 1 B/s, 106751991167 d 7 h left");
    }

    @Test
    void percent_lastByteMissing_isNotHundred() {
        Amount nearly = Amount.of(Long.MAX_VALUE, Long.MAX_VALUE - 1);
        assertThat(line(JobState.RUNNING, nearly, 1, 98)).contains("]  99 %");
    }

    @Test
    void line_narrow_leavesOutTheRate() {
        assertThat(line(JobState.RUNNING, HALF, 0, 74))
                .contains("[#####", "50 %", "128/256 MiB")
                .doesNotContain("/s")
                .endsWith("  2.0 s left");
    }

    @Test
    void line_veryNarrow_leavesOutMoreAndMore() {
        assertThat(line(JobState.RUNNING, HALF, 0, 60))
                .isEqualTo("#5 CLONE a.img   50 %  128/256 MiB  2.0 s left");
        assertThat(line(JobState.RUNNING, HALF, 0, 39))
                .isEqualTo("#5 CLONE a.img   50 %  2.0 s left");
        assertThat(line(JobState.FINISHED, ALL, 0, 39))
                .isEqualTo("#5 CLONE a.img  100 %  COMPLETED 2.0 s");
        assertThat(line(JobState.FINISHED, ALL, 0, 32))
                .isEqualTo("#5 CLONE a.img  COMPLETED 2.0 s");
        assertThat(line(JobState.FINISHED, ALL, 0, 25)).isEqualTo("#5 CLO..  COMPLETED 2.0 s");
    }

    @Test
    void line_ofAWideName_isAlignedByColumns() {
        Bar wide = bar("#5 CLONE 日本", JobState.RUNNING, HALF);
        String line = wide.line(14, 98);
        assertThat(Glyphs.width(line))
                .isEqualTo(line(JobState.RUNNING, HALF, 0, 98).length());
        assertThat(line).startsWith("#5 CLONE 日本   [###");
        assertThat(Glyphs.width(wide.line(13, 20))).isLessThanOrEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 40, 60, 76, 78, 80, 98})
    void line_ofAnyState_fitsTheWidth(int width) {
        for (JobState state : JobState.values()) {
            assertThat(line(state, HALF, 0, width)).hasSizeLessThanOrEqualTo(width);
        }
    }

    @Test
    void line_ofEachState_hasItsLastColumnAtOnePlace() {
        int running = line(JobState.RUNNING, HALF, 0, 90).indexOf("2.0 s left");
        assertThat(line(JobState.WAITING, HALF, 0, 90).indexOf("waiting")).isEqualTo(running);
        assertThat(line(JobState.FINISHED, HALF, 0, 90).indexOf("COMPLETED")).isEqualTo(running);
        assertThat(line(JobState.RUNNING, Amount.NONE, 0, 90).indexOf("running"))
                .isEqualTo(running);
    }

    @Test
    void plain_saysTheSameWithoutABar() {
        assertThat(bar(JobState.RUNNING, HALF, 0).plain())
                .isEqualTo("#5 CLONE a.img: 50 %, 128/256 MiB, 64 MiB/s, 2.0 s left");
        assertThat(bar(JobState.WAITING, Amount.NONE, 0).plain())
                .isEqualTo("#5 CLONE a.img: waiting 300 ms");
        assertThat(bar(JobState.FINISHED, ALL, 0).plain())
                .isEqualTo("#5 CLONE a.img: 100 %, 256/256 MiB, 128 MiB/s, COMPLETED 2.0 s");
    }

    private static String line(JobState state, Amount data, long bandwidth, int width) {
        Bar bar = bar(state, data, bandwidth);
        return bar.line(bar.name().length(), width);
    }

    private static Bar bar(String name, JobState state, Amount data) {
        return new Bar(
                name,
                state,
                Optional.empty(),
                data,
                0,
                Duration.ofMillis(300),
                Duration.ofSeconds(2));
    }

    private static Bar bar(JobState state, Amount data, long bandwidth) {
        Optional<JobOutcome> outcome =
                state == JobState.FINISHED ? Optional.of(JobOutcome.COMPLETED) : Optional.empty();
        return new Bar(
                "#5 CLONE a.img",
                state,
                outcome,
                data,
                bandwidth,
                Duration.ofMillis(300),
                Duration.ofSeconds(2));
    }
}
