package org.jobcontrol.api;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jobcontrol.api.Progress.Amount;
import org.junit.jupiter.api.Test;

/** A job as text and as libvirt's typed parameters. */
class JobInfoTest {
    private static final Amount HALF = Amount.of(2L << 30, 1L << 30);

    private static final TestJobInfo SAVE = TestJobInfo.running(
            "SAVE",
            Duration.ofMillis(2500),
            Progress.builder()
                    .data(HALF)
                    .memory(HALF)
                    .bandwidth(100 << 20)
                    .parameter("memory_iteration", 2)
                    .build());

    @Test
    void toText_running_isInTheLayoutOfDomjobinfo() {
        assertThat(SAVE.toText().lines().map(String::stripTrailing))
                .containsExactly(
                        "Job type:         Unbounded",
                        "Operation:        Save",
                        "Time elapsed:     2500         ms",
                        "Data processed:   1.000 GiB",
                        "Data remaining:   1.000 GiB",
                        "Data total:       2.000 GiB",
                        "Memory processed: 1.000 GiB",
                        "Memory remaining: 1.000 GiB",
                        "Memory total:     2.000 GiB",
                        "Memory bandwidth: 100.000 MiB/s",
                        "memory iteration: 2");
    }

    @Test
    void toText_ended_saysHowAndWhy() {
        TestJobInfo failed = SAVE.ended(
                JobOutcome.FAILED, Optional.of(new IllegalStateException("disk is full")));
        assertThat(failed.toText().lines().map(String::stripTrailing))
                .startsWith("Job type:         Failed")
                .endsWith("Error message:    disk is full");
        assertThat(SAVE.ended(JobOutcome.ABORTED, Optional.empty()).toText())
                .startsWith("Job type:         Cancelled");
    }

    @Test
    void toText_waiting_saysForHowLong() {
        TestJobInfo waiting = new TestJobInfo(
                JobType.MODIFY,
                "domain.set-memory",
                JobState.WAITING,
                Optional.empty(),
                Duration.ofSeconds(3),
                Duration.ZERO,
                Progress.NONE,
                Optional.empty());
        assertThat(waiting.toText().lines().map(String::stripTrailing))
                .containsExactly(
                        "Job type:         Waiting",
                        "Operation:        domain.set-memory",
                        "Time waited:      3000         ms");
    }

    @Test
    void stats_running_haveLibvirtsNamesAndUnits() {
        assertThat(JobStats.of(SAVE).parameters())
                .containsExactly(
                        entry("operation", 2),
                        entry("time_elapsed", 2500L),
                        entry("data_total", 2L << 30),
                        entry("data_processed", 1L << 30),
                        entry("data_remaining", 1L << 30),
                        entry("memory_total", 2L << 30),
                        entry("memory_processed", 1L << 30),
                        entry("memory_remaining", 1L << 30),
                        entry("memory_bps", 100L << 20),
                        entry("memory_iteration", 2));
    }

    @Test
    void stats_ended_saySuccessOrWhyNot() {
        assertThat(JobStats.of(SAVE.ended(JobOutcome.COMPLETED, Optional.empty()))
                        .parameters())
                .containsEntry("success", true)
                .doesNotContainKey("errmsg");
        assertThat(JobStats.of(SAVE.ended(
                                JobOutcome.FAILED, Optional.of(new IllegalStateException("why"))))
                        .parameters())
                .containsEntry("success", false)
                .containsEntry("errmsg", "why");
    }
}
