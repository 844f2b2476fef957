package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A start without a journal has fences above those of earlier ones, whatever the year. */
class FencesTest {
    private static long fenceAt(String time) {
        return new Numbers(0, 0, Instant.parse(time).toEpochMilli()).lastFence();
    }

    @Test
    void fence_ofALaterStart_isLarger() {
        long last = 0;
        for (String time : new String[] {
            "2026-12-31T23:59:59.999Z",
            "2027-01-01T00:00:00Z",
            "2027-01-01T00:00:00.001Z",
            "2248-09-25T00:00:00Z",
            "2249-01-01T00:00:00Z",
            "2600-01-01T00:00:00Z",
            "5500-01-01T00:00:00Z"
        }) {
            long fence = fenceAt(time);
            assertThat(fence).as(time).isGreaterThan(last + (1 << 15));
            last = fence;
        }
    }
}
