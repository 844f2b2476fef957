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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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

    /** How long calls may last once the connection is closed, and how long closing is waited for. */
    private static final long QUIET_SECONDS = 3;

    private static final long CLOSE_SECONDS = 8;

    private final Libvirt libvirt;
    private final String uri;
    private final String type;
    private final ConnectPtr home;
    private final Lanes lanes;
    private final DomainTable table;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final List<Events.Listener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(new Threads());
    private final ScheduledThreadPoolExecutor timer;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean closed;

    private final Events events;

    /** Threads that do nothing but wait for libvirt; not virtual ones, which would hold their carriers. */
    static final class Threads implements ThreadFactory {
        private static final AtomicInteger COUNT = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "jobcontrol-libvirt-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }

        /**
         * Waits until a thread has ended; an interrupt is kept for later.
         *
         * @param millis how long to wait; 0 for as long as it takes
         * @return whether it has ended
         */
        static boolean join(Thread thread, long millis) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            boolean interrupted = false;
            long left = millis;
            while (thread.isAlive() && (millis == 0 || left > 0)) {
                try {
                    thread.join(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                long nanos = end - System.nanoTime();
                left = millis == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !thread.isAlive();
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
        this.timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "jobcontrol-libvirt-timer " + uri);
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRemoveOnCancelPolicy(true);
        if (!inside) {
            Lanes.keepAlive(libvirt, uri, home);
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

    /** Returns a timer whose tasks call no libvirt and wait for nobody; until this is closed. */
    ScheduledExecutorService timer() {
        return timer;
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

    /** Waits a while, or until the connection is lost or closed. */
    boolean awaitLost(long millis) throws InterruptedException {
        return lost.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Looks at a domain some time soon. */
    void lookSoon(UUID domain) {
        soon(() -> {
            try {
                table.look(domain);
            } catch (LibvirtException e) {
                LOG.debug("domain {} is gone, or does not answer", domain, e);
            }
        });
    }

    /** Does something on a thread of this hypervisor's, unless the connection is being closed. */
    void soon(Runnable action) {
        try {
            threads.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is being closed", uri, e);
        }
    }

    /**
     * Closes the connection. To close one is to ask the daemon: so that is done on a thread of its own,
     * and waited for only some seconds. What takes longer goes on there, until the daemon answers or is
     * known to be dead. A driver inside this process is always waited for: its connection must not be
     * used after this.
     */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        lost.countDown();
        timer.shutdownNow();
        Thread closer = new Thread(this::release, "jobcontrol-libvirt-close " + uri);
        closer.setDaemon(true);
        closer.start();
        long millis = uri.startsWith("test:") ? 0 : TimeUnit.SECONDS.toMillis(CLOSE_SECONDS);
        if (!Threads.join(closer, millis)) {
            LOG.warn(
                    "{} has not answered for {} s; its connections are closed when it does,"
                            + " and keep threads of this bundle",
                    uri,
                    CLOSE_SECONDS);
        }
    }

    private void release() {
        threads.shutdown();
        try {
            boolean ended = threads.awaitTermination(QUIET_SECONDS, TimeUnit.SECONDS);
            lanes.close();
            if (!lanes.awaitQuiet(TimeUnit.SECONDS.toMillis(QUIET_SECONDS)) || !ended) {
                LOG.warn("calls at {} still last, and keep threads of this bundle", uri);
            }
        } catch (InterruptedException e) {
            LOG.warn("{} is closed before its calls have ended", uri, e);
        }
        events.close();
        libvirt.virt().virConnectClose(home);
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
        public void blockJob(UUID domain, String disk, int type, int status) {
            listeners.forEach(listener -> listener.blockJob(domain, disk, type, status));
        }

        @Override
        public void poolsChanged() {
            listeners.forEach(Events.Listener::poolsChanged);
        }
    }
}
