package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to a listener in their order, one at a time, on threads other than the event loop's: what
 * an event leads to may be recorded in the journal, which waits for the disk, and is logged. Safe for use
 * by many threads.
 */
final class EventDelivery implements Events.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    private final Executor threads;
    private final Events.Listener listener;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

    /** How many events are queued or being delivered; whoever makes it 1 has them delivered. */
    private final AtomicInteger undelivered = new AtomicInteger();

    EventDelivery(Executor threads, Events.Listener listener) {
        this.threads = threads;
        this.listener = listener;
    }

    private void deliver(Runnable event) {
        events.add(event);
        if (undelivered.getAndIncrement() == 0) {
            try {
                threads.execute(this::deliverAll);
            } catch (RejectedExecutionException e) {
                // the connection is being closed, and with it the listener; not logged on this
                // thread
                events.clear();
            }
        }
    }

    private void deliverAll() {
        do {
            Runnable event = events.poll();
            try {
                if (event != null) {
                    event.run();
                }
            } catch (RuntimeException e) {
                LOG.warn("an event of libvirt is lost", e);
            }
        } while (undelivered.decrementAndGet() > 0);
    }

    @Override
    public void closed() {
        deliver(listener::closed);
    }

    @Override
    public void changed(UUID domain, int event, int detail) {
        deliver(() -> listener.changed(domain, event, detail));
    }

    @Override
    public void iteration(UUID domain) {
        deliver(() -> listener.iteration(domain));
    }

    @Override
    public void jobCompleted(UUID domain, Map<String, Object> statistics) {
        deliver(() -> listener.jobCompleted(domain, statistics));
    }

    @Override
    public void blockJob(UUID domain, String disk, int type, int status) {
        deliver(() -> listener.blockJob(domain, disk, type, status));
    }

    @Override
    public void poolsChanged() {
        deliver(listener::poolsChanged);
    }
}
