package org.jobcontrol.libvirt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One hypervisor that is connected: from {@link #connect} until the connection is lost or closed, and
 * then never again. Knows its domains by what libvirt tells of them. Safe for use by many threads.
 */
final class Hypervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hypervisor.class);

    /** A daemon that hangs is noticed after so many questions, so many seconds apart. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    private static final int KEEP_ALIVE_COUNT = 5;

    private final Libvirt libvirt;
    private final String uri;
    private final String type;
    private final ConnectPtr home;
    private final Lanes lanes;
    private final DomainTable table;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final List<Events.Listener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(new Threads());
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean closed;

    private final Events events;

    /** Threads that do nothing but wait for libvirt; not virtual ones, which would hold their carriers. */
    private static final class Threads implements ThreadFactory {
        private static final AtomicInteger COUNT = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "jobcontrol-libvirt-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }
    }

    private Hypervisor(Libvirt libvirt, String uri, ConnectPtr home) {
        this.libvirt = libvirt;
        this.uri = uri;
        this.home = home;
        Virt virt = libvirt.virt();
        String its = virt.virConnectGetType(home);
        this.type = its == null ? "unknown" : its;
        boolean inside = uri.startsWith("test:");
        this.lanes = new Lanes(libvirt, uri, inside ? home : null, threads);
        this.table = new DomainTable(libvirt, lanes);
        if (!inside) {
            // not every transport can; then a daemon that hangs is waited for
            virt.virConnectSetKeepAlive(home, KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT);
        }
        // first listen, then look: nothing is missed between the two
        this.events = Events.register(libvirt, home, new Told());
    }

    /**
     * Connects to a hypervisor and looks at its domains.
     *
     * @throws LibvirtException if it cannot be reached; then nothing is left open
     */
    static Hypervisor connect(Libvirt libvirt, String uri) throws LibvirtException {
        ConnectPtr home = libvirt.check(libvirt.virt().virConnectOpen(uri));
        Hypervisor hypervisor = new Hypervisor(libvirt, uri, home);
        try {
            hypervisor.table.learn();
            return hypervisor;
        } catch (LibvirtException | RuntimeException e) {
            hypervisor.close();
            throw e;
        }
    }

    Libvirt libvirt() {
        return libvirt;
    }

    String uri() {
        return uri;
    }

    /** Returns libvirt's name for the kind of hypervisor, such as QEMU, Xen or TEST. */
    String type() {
        return type;
    }

    /** Returns whether it is libvirt's QEMU driver, which alone has async jobs. */
    boolean isQemu() {
        return type.equals("QEMU");
    }

    Lanes lanes() {
        return lanes;
    }

    DomainTable table() {
        return table;
    }

    /** Returns threads for calls that last. */
    ExecutorService threads() {
        return threads;
    }

    /** Adds somebody who is told of events, on the event loop's thread; until this is closed. */
    void listen(Events.Listener listener) {
        listeners.add(listener);
    }

    boolean isLost() {
        return lost.getCount() == 0;
    }

    /** Lets those go on who wait until the connection is lost: it is to be closed. */
    void letGo() {
        lost.countDown();
    }

    /** Waits until the connection is lost or closed. */
    void awaitLost() throws InterruptedException {
        lost.await();
    }

    /** Looks at a domain some time soon. */
    void lookSoon(UUID domain) {
        try {
            threads.execute(() -> {
                try {
                    table.look(domain);
                } catch (LibvirtException e) {
                    LOG.debug("domain {} is gone, or does not answer", domain, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("domain {} is not looked at: the connection is being closed", domain, e);
        }
    }

    /** Closes the connection; calls that last are waited for, some seconds. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        lost.countDown();
        events.close();
        threads.shutdown();
        awaitQuietUninterruptibly();
        libvirt.virt().virConnectClose(home);
    }

    private void awaitQuietUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                if (!awaitQuiet()) {
                    LOG.warn("calls at {} still last, and keep threads of this bundle", uri);
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitQuiet() throws InterruptedException {
        boolean ended = threads.awaitTermination(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        lanes.close();
        return lanes.awaitQuiet(TimeUnit.SECONDS.toMillis(KEEP_ALIVE_SECONDS)) && ended;
    }

    /** What libvirt tells, passed on. */
    private final class Told implements Events.Listener {
        @Override
        public void closed() {
            lost.countDown();
            listeners.forEach(Events.Listener::closed);
        }

        @Override
        public void changed(UUID domain, int event, int detail) {
            lookSoon(domain);
            listeners.forEach(listener -> listener.changed(domain, event, detail));
        }

        @Override
        public void iteration(UUID domain) {
            listeners.forEach(listener -> listener.iteration(domain));
        }

        @Override
        public void jobCompleted(UUID domain, Map<String, Object> statistics) {
            listeners.forEach(listener -> listener.jobCompleted(domain, statistics));
        }

        @Override
        public void blockJob(UUID domain, String disk, int status) {
            listeners.forEach(listener -> listener.blockJob(domain, disk, status));
        }

        @Override
        public void poolsChanged() {
            listeners.forEach(Events.Listener::poolsChanged);
        }
    }
}
