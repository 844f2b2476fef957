package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The event loop's thread neither waits for a listener nor runs its code. */
@Timeout(20)
class EventDeliveryTest {
    private static final int EVENTS = 1_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final UUID domain = UUID.randomUUID();

    @AfterEach
    void shutdown() {
        threads.shutdownNow();
    }

    @Test
    void event_listenerWaits_returnsAtOnce() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        CountDownLatch delivered = new CountDownLatch(EVENTS);
        List<Integer> order = new ArrayList<>();
        Thread loop = Thread.currentThread();
        List<Thread> onTheLoop = new ArrayList<>();
        EventDelivery delivery = new EventDelivery(threads, new Events.Listener() {
            @Override
            public void changed(UUID changed, int event, int detail) {
                try {
                    disk.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                if (Thread.currentThread() == loop) {
                    onTheLoop.add(loop);
                }
                order.add(event);
                delivered.countDown();
            }
        });
        for (int i = 0; i < EVENTS; i++) {
            delivery.changed(domain, i, 0);
        }
        disk.countDown();
        assertThat(delivered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order).isSorted().hasSize(EVENTS);
        assertThat(onTheLoop).isEmpty();
    }

    @Test
    void event_listenerFails_doesNotHoldUpTheNext() throws Exception {
        CountDownLatch next = new CountDownLatch(1);
        EventDelivery delivery = new EventDelivery(threads, new Events.Listener() {
            @Override
            public void iteration(UUID of) {
                throw new IllegalStateException("its job has ended");
            }

            @Override
            public void poolsChanged() {
                next.countDown();
            }
        });
        delivery.iteration(domain);
        delivery.poolsChanged();
        assertThat(next.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void event_afterTheThreadsEnded_isDropped() {
        threads.shutdown();
        EventDelivery delivery = new EventDelivery(threads, new Events.Listener() {});
        assertThatCode(delivery::closed).doesNotThrowAnyException();
    }
}
