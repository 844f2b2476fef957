package org.jobcontrol.core.engine;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** The thread of the ticks. */
class TickerTest {
    private static final int TIMES = 300;
    private static final int MANY = 200;

    /** Each is closed at another moment between two ticks. */
    @Test
    void close_whileItTicks_endsItsThread() {
        Set<Thread> before = threads();
        for (int i = 0; i < TIMES; i++) {
            try (Ticker ticker = new Ticker()) {
                long last = 0;
                for (int look = 0; look < MANY * (1 + i); look++) {
                    last = Math.max(last, ticker.nanos());
                }
                assertThat(last).isNotZero();
            }
        }
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("jobcontrol-ticks"))
                .collect(toSet());
    }
}
