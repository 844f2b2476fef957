package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.jobcontrol.api.Progress.Amount;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void ofData_remainingIsTheRest() {
        Progress progress = Progress.ofData(100, 30);
        assertThat(progress.data()).isEqualTo(new Amount(100, 30, 70));
        assertThat(progress.memory()).isEqualTo(Amount.NONE);
        assertThat(progress).hasToString("30/100 bytes");
    }

    /** A guest that dirties its memory sends more than it has. */
    @Test
    void amount_moreProcessedThanThereIs_leavesNothing() {
        assertThat(Amount.of(100, 130)).isEqualTo(new Amount(100, 130, 0));
        assertThat(Amount.of(Long.MAX_VALUE, 0).remaining()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void negative_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Progress.ofData(-1, 0))
                .withMessageContaining("total -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Progress.ofData(1, -2))
                .withMessageContaining("processed -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Progress.builder().bandwidth(-3))
                .withMessageContaining("-3");
    }

    @Test
    void parameter_otherThanNumberBooleanString_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Progress.builder().parameter("disks", List.of()))
                .withMessageContaining("disks");
    }

    @Test
    void toBuilder_keepsEverythingAndLeavesTheOriginal() {
        Progress first = Progress.builder()
                .memory(Amount.of(10, 1))
                .disk(Amount.of(20, 2))
                .bandwidth(5)
                .parameter("memory_iteration", 3)
                .build();
        assertThat(first.toBuilder().build()).isEqualTo(first).hasSameHashCodeAs(first);
        Progress second = first.toBuilder().parameter("memory_iteration", 4).build();
        assertThat(first.parameters()).containsEntry("memory_iteration", 3);
        assertThat(second).isNotEqualTo(first);
        assertThat(second.disk()).isEqualTo(Amount.of(20, 2));
    }

    @Test
    void timeLeft_isWhatIsLeftAtTheRate() {
        Progress half = Progress.ofData(1000, 500);
        assertThat(half.timeLeft()).isEmpty();
        assertThat(half.toBuilder().bandwidth(100).build().timeLeft())
                .contains(Duration.ofSeconds(5));
        Progress memory =
                Progress.builder().memory(Amount.of(1000, 0)).bandwidth(1000).build();
        assertThat(memory.timeLeft()).contains(Duration.ofSeconds(1));
    }

    @Test
    void timeLeft_totalNotKnown_isNotKnown() {
        Progress progress = Progress.ofData(0, 500).toBuilder().bandwidth(100).build();
        assertThat(progress.data()).isEqualTo(new Amount(0, 500, 0));
        assertThat(progress.timeLeft()).isEmpty();
    }

    @Test
    void timeLeft_ofTheLargestAmounts_isNotNegative() {
        Amount most = Amount.of(Long.MAX_VALUE, 0);
        Progress slow = Progress.builder().memory(most).disk(most).bandwidth(1).build();
        assertThat(slow.timeLeft()).contains(Duration.ofMillis(Long.MAX_VALUE));
        Progress fast = slow.toBuilder().bandwidth(1L << 62).build();
        assertThat(fast.timeLeft()).contains(Duration.ofSeconds(4));
    }
}
