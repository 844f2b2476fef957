package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A burst of events does not cost a list for each of them. */
class CoalescedActionTest {
    private static final int BURST = 200;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void shutdown() {
        goOn.countDown();
        threads.shutdownNow();
    }

    private void runOnce() {
        runs.incrementAndGet();
        running.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void request_whileItRuns_isAnsweredByOneMoreRun() throws Exception {
        CoalescedAction action = new CoalescedAction(threads, this::runOnce);
        action.request();
        running.await();
        for (int i = 0; i < BURST; i++) {
            action.request();
        }
        goOn.countDown();
        await().until(() -> runs.get() == 2);
        threads.shutdown();
        await().until(threads::isTerminated);
        assertThat(runs).hasValue(2);
    }

    @Test
    void request_afterARunThatFailed_runsAgain() {
        CoalescedAction action = new CoalescedAction(Runnable::run, () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the connection is lost");
            }
        });
        action.request();
        action.request();
        assertThat(runs).hasValue(2);
    }
}
