package org.jobcontrol.libvirt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of many threads at one hypervisor. Safe for use by many threads.
 *
 * <p>A daemon takes up only a few requests at a time of one connection (five, unless it is told
 * otherwise) and leaves the rest unread: five saves, and an abort would wait for one of them. So each
 * call has a connection to itself while it lasts, and connections are kept for the next call. A driver
 * inside this process ({@code test:///}) has no such limit, and each connection to it may be a world of
 * its own: there all calls share one.
 *
 * <p>A call cannot be interrupted. A caller with a deadline makes it on a thread of the hypervisor's
 * and stops waiting when the deadline passes; the call goes on there. On every connection the daemon is
 * asked now and then whether it is alive, so that a call to one which is not ends some time.
 */
final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    /** So many are kept while nobody uses them. */
    private static final int IDLE = 8;

    /** A daemon that hangs is noticed after so many questions, so many seconds apart. */
    static final int KEEP_ALIVE_SECONDS = 5;

    static final int KEEP_ALIVE_COUNT = 5;

    /** How long it may take to open a connection, on which nobody asks yet whether the daemon lives. */
    private static final long OPEN_SECONDS = (long) KEEP_ALIVE_SECONDS * KEEP_ALIVE_COUNT;

    private final Libvirt libvirt;
    private final String uri;
    private final @Nullable ConnectPtr shared;
    private final ExecutorService threads;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Deque<ConnectPtr> idle = new ArrayDeque<>();

    /** How many calls are being made. */
    @GuardedBy("lock")
    private int calls;

    @GuardedBy("lock")
    private boolean closed;

    /** A call on a connection. */
    interface Call<T> {
        T on(ConnectPtr connection) throws LibvirtException;
    }

    /** A call on a domain. */
    interface DomainCall<T> {
        T on(DomainPtr domain) throws LibvirtException;
    }

    /** A call that returns -1 if it fails. */
    interface Function {
        int on(DomainPtr domain);
    }

    /**
     * Makes lanes.
     *
     * @param uri where they lead
     * @param shared what all calls use; null for a connection each
     * @param threads platform threads, for calls with a deadline and for callers on virtual ones
     */
    Lanes(Libvirt libvirt, String uri, @Nullable ConnectPtr shared, ExecutorService threads) {
        this.libvirt = libvirt;
        this.uri = uri;
        this.shared = shared;
        this.threads = threads;
    }

    /**
     * Calls, on a connection that nobody else uses meanwhile.
     *
     * @throws LibvirtException if the call fails, or the lanes are closed: a connection that is given up
     *     must not be used any more, or the process dies
     */
    <T> T call(Call<T> call) throws LibvirtException {
        return VirtualThreads.isOne(Thread.currentThread()) ? elsewhere(call) : here(call);
    }

    /**
     * Calls as {@link #call(Call)} does, and waits no longer than until a deadline. A driver inside this
     * process is called in the calling thread: it waits for nobody.
     *
     * @throws LibvirtException if the call fails, or the lanes are closed
     * @throws UnansweredException if the deadline has passed; the call goes on
     */
    <T> T call(Call<T> call, Deadline deadline) throws LibvirtException, UnansweredException {
        return shared != null && !VirtualThreads.isOne(Thread.currentThread())
                ? here(call)
                : await(start(call), deadline);
    }

    /**
     * Calls on a platform thread. libvirt's errors belong to threads of the system, and a virtual one
     * would keep its carrier for as long as the call lasts.
     */
    private <T> T elsewhere(Call<T> call) throws LibvirtException {
        try {
            return await(start(call), null);
        } catch (UnansweredException e) {
            throw new IllegalStateException("without a deadline none passes", e);
        }
    }

    /** What is called on a connection of the caller's own. */
    interface OwnCall<T> {
        T call() throws LibvirtException;
    }

    /** Calls on a platform thread: the caller's, if it is one. */
    <T> T onPlatform(OwnCall<T> call) throws LibvirtException {
        if (!VirtualThreads.isOne(Thread.currentThread())) {
            return call.call();
        }
        try {
            return await(startOwn(call), null);
        } catch (UnansweredException e) {
            throw new IllegalStateException("without a deadline none passes", e);
        }
    }

    /** Begins a call on a thread of the hypervisor's. */
    private <T> CompletableFuture<T> start(Call<T> call) {
        return startOwn(() -> here(call));
    }

    private <T> CompletableFuture<T> startOwn(OwnCall<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    answer.complete(call.call());
                } catch (LibvirtException | RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(closed(e));
        }
        return answer;
    }

    /** Waits for an answer; an interrupt is kept for later, since the call does not end with it. */
    private static <T> T await(CompletableFuture<T> answer, @Nullable Deadline deadline)
            throws LibvirtException, UnansweredException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return deadline == null
                            ? answer.get()
                            : answer.get(deadline.left(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    throw new UnansweredException(deadline, answer);
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LibvirtException failure) {
                throw failure;
            }
            throw new IllegalStateException("thrown by no call of libvirt", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T here(Call<T> call) throws LibvirtException {
        enter();
        try {
            return shared == null ? onItsOwn(call) : call.on(shared);
        } finally {
            leave();
        }
    }

    private <T> T onItsOwn(Call<T> call) throws LibvirtException {
        ConnectPtr connection = take();
        try {
            return call.on(connection);
        } catch (LibvirtException e) {
            throw alive(connection) ? e : lost(e);
        } finally {
            giveBack(connection);
        }
    }

    private void enter() throws LibvirtException {
        synchronized (lock) {
            if (closed) {
                throw closed(null);
            }
            calls++;
        }
    }

    private static LibvirtException closed(@Nullable Throwable cause) {
        LibvirtException closed =
                new LibvirtException(Flags.ERR_RPC, 0, "the connection was closed");
        closed.initCause(cause);
        return closed;
    }

    private void leave() {
        synchronized (lock) {
            calls--;
            lock.notifyAll();
        }
    }

    /** Calls on a domain. */
    <T> T onDomain(UUID uuid, DomainCall<T> call) throws LibvirtException {
        return call(on(uuid, call));
    }

    /** Returns a call on a domain as one on a connection. */
    <T> Call<T> on(UUID uuid, DomainCall<T> call) {
        return connection -> {
            Virt virt = libvirt.virt();
            DomainPtr domain =
                    libvirt.check(virt.virDomainLookupByUUID(connection, Uuids.bytes(uuid)));
            try {
                return call.on(domain);
            } finally {
                virt.virDomainFree(domain);
            }
        };
    }

    /** Calls a function on a domain. */
    int run(UUID uuid, Function function) throws LibvirtException {
        return onDomain(uuid, domain -> libvirt.check(function.on(domain)));
    }

    /** Whatever the call says: it failed because nobody is there any more. */
    static LibvirtException lost(LibvirtException e) {
        LibvirtException lost = new LibvirtException(
                Flags.ERR_RPC, e.origin(), "the connection was lost: " + e.text());
        lost.initCause(e);
        return lost;
    }

    private boolean alive(ConnectPtr connection) {
        return libvirt.virt().virConnectIsAlive(connection) == 1;
    }

    private ConnectPtr take() throws LibvirtException {
        synchronized (lock) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return open();
    }

    /**
     * Opens a connection of the caller's own; whoever closes it is the caller. One that is opened too late
     * is closed at once.
     *
     * @throws LibvirtException if there is none within {@link #OPEN_SECONDS}, or the lanes are closed
     */
    ConnectPtr open() throws LibvirtException {
        CompletableFuture<ConnectPtr> opened = new CompletableFuture<>();
        try {
            threads.execute(() -> open(opened));
        } catch (RejectedExecutionException e) {
            throw closed(e);
        }
        try {
            return await(opened, Deadline.in(Duration.ofSeconds(OPEN_SECONDS)));
        } catch (UnansweredException e) {
            LibvirtException unanswered = new LibvirtException(
                    Flags.ERR_RPC,
                    0,
                    uri + " has opened no connection within " + OPEN_SECONDS + " s");
            unanswered.initCause(e);
            if (opened.completeExceptionally(unanswered)) {
                throw unanswered;
            }
            return opened.join();
        }
    }

    private void open(CompletableFuture<ConnectPtr> opened) {
        try {
            ConnectPtr connection = libvirt.check(libvirt.virt().virConnectOpen(uri));
            keepAlive(libvirt, uri, connection);
            if (!opened.complete(connection)) {
                libvirt.virt().virConnectClose(connection);
            }
        } catch (LibvirtException | RuntimeException | Error e) {
            opened.completeExceptionally(e);
        }
    }

    /** Has libvirt ask, on a connection, whether the daemon is alive; not every transport can. */
    static void keepAlive(Libvirt libvirt, String uri, ConnectPtr connection) {
        try {
            libvirt.check(libvirt.virt()
                    .virConnectSetKeepAlive(connection, KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT));
        } catch (LibvirtException e) {
            LOG.debug("whether {} is alive is not asked", uri, e);
        }
    }

    private void giveBack(ConnectPtr connection) {
        // not one that was lost while it was used
        boolean alive = alive(connection);
        synchronized (lock) {
            if (alive && !closed && idle.size() < IDLE) {
                idle.push(connection);
                return;
            }
        }
        libvirt.virt().virConnectClose(connection);
    }

    /** Lets nobody in any more, and closes what nobody uses; the rest when it is given back. */
    @Override
    public void close() {
        List<ConnectPtr> unused;
        synchronized (lock) {
            closed = true;
            unused = List.copyOf(idle);
            idle.clear();
        }
        unused.forEach(libvirt.virt()::virConnectClose);
    }

    /**
     * Waits until nobody calls any more, once these are closed; where all share one connection for as
     * long as it takes, since that is to be given up next.
     *
     * @return whether that is so
     */
    boolean awaitQuiet(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            while (calls > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 && shared == null) {
                    return false;
                }
                lock.wait(Math.max(1, left));
            }
            return true;
        }
    }
}
