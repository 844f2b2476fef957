package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.storage.StorageDriver;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one hypervisor connected, and its drivers registered for as long as it is.
 *
 * <pre>
 *   trying --connected--> registered --lost--> trying, after a while that grows
 *      `------------------- closed ------------------'
 * </pre>
 *
 * <p>All of that on a thread of its own. While the drivers are away the domains and pools stay known,
 * and their operations fail; when they are back they are found by their uuids.
 */
final class Connector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    /** More than it takes to ask for aborts and to close the connections. */
    private static final long CLOSE_MILLIS = 20_000;

    private final Libvirt libvirt;
    private final String uri;
    private final long pollMillis;
    private final BundleContext context;
    private final Supplier<Optional<Domains>> domains;
    private final LocalVolumes.Directories directories;
    private final VolumeMarks marks = new VolumeMarks();
    private final LostWork lostWork = new LostWork();
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Thread thread;

    /** Used by the connector's thread only. */
    private @Nullable ServiceRegistration<?> pending;

    /** Used by the connector's thread, and by whoever closes it. */
    private volatile @Nullable Hypervisor current;

    /** A connection that is up; without pools where the hypervisor has none. */
    private record Connected(
            Hypervisor hypervisor, @Nullable LibvirtPools pools) {}

    Connector(
            Libvirt libvirt,
            String uri,
            long pollMillis,
            BundleContext context,
            Supplier<Optional<Domains>> domains,
            LocalVolumes.Directories directories) {
        this.libvirt = libvirt;
        this.uri = uri;
        this.pollMillis = pollMillis;
        this.context = context;
        this.domains = domains;
        this.directories = directories;
        this.thread = new Thread(this::keepConnected, "jobcontrol-libvirt " + uri);
        thread.setDaemon(true);
    }

    /** Connects, if libvirt's library is there. */
    static @Nullable Connector start(
            LibvirtRuntime runtime,
            String uri,
            long pollMillis,
            BundleContext context,
            Supplier<Optional<Domains>> domains,
            LocalVolumes.Directories directories) {
        return runtime.libvirt()
                .map(libvirt -> new Connector(
                                libvirt, uri, pollMillis, context, domains, directories)
                        .start())
                .orElse(null);
    }

    Connector start() {
        thread.start();
        return this;
    }

    private void keepConnected() {
        long pause = FIRST_PAUSE_MILLIS;
        registerPending();
        try {
            while (!isClosed()) {
                if (serve(pause == FIRST_PAUSE_MILLIS)) {
                    pause = FIRST_PAUSE_MILLIS;
                }
                awaitClosing(pause);
                pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is not kept connected any more", uri, e);
        } finally {
            unregisterPending();
        }
    }

    /** Says that there is a connection to come, so that no built-in driver takes its place. */
    private void registerPending() {
        pending = context.registerService(
                PendingConnection.class, () -> uri, FrameworkUtil.asDictionary(Map.of()));
    }

    private void unregisterPending() {
        ServiceRegistration<?> registered = pending;
        pending = null;
        if (registered != null) {
            unregister(List.of(registered));
        }
    }

    private void awaitClosing(long millis) throws InterruptedException {
        try {
            closing.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.trace("{} is tried again", uri);
        } catch (ExecutionException e) {
            throw new IllegalStateException("closing does not fail", e);
        }
    }

    /** Connects and serves until the connection is lost; false if there was none. */
    private boolean serve(boolean first) throws InterruptedException {
        CompletableFuture<Connected> attempt = new CompletableFuture<>();
        Thread thread = new Thread(() -> connect(attempt), "jobcontrol-libvirt-connect " + uri);
        thread.setDaemon(true);
        thread.start();
        try {
            awaitAnswer(attempt);
            // one that connects only now finds that nobody wants it
            if (isClosed() && attempt.completeExceptionally(new CancellationException())) {
                LOG.warn(
                        "{} has not answered, and keeps a thread of this bundle until it does",
                        uri);
                return false;
            }
            Connected connected = attempt.get();
            try (Hypervisor hypervisor = connected.hypervisor) {
                current = hypervisor;
                if (!isClosed()) {
                    serve(connected);
                }
            }
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof LibvirtException failure)) {
                throw new IllegalStateException(uri + " is not kept connected", e.getCause());
            }
            if (first) {
                LOG.warn(
                        "{} cannot be reached, and is tried again and again: {}",
                        uri,
                        failure.text());
            }
            return false;
        } finally {
            current = null;
        }
    }

    /** Connects, on a thread of its own: a daemon that stands still answers nobody. */
    private void connect(CompletableFuture<Connected> attempt) {
        try {
            Hypervisor hypervisor = Hypervisor.connect(libvirt, uri);
            if (!attempt.complete(new Connected(hypervisor, pools(hypervisor)))) {
                hypervisor.close();
            }
        } catch (LibvirtException | RuntimeException | Error e) {
            attempt.completeExceptionally(e);
        }
    }

    private @Nullable LibvirtPools pools(Hypervisor hypervisor) {
        try {
            return new LibvirtPools(hypervisor, directories, marks);
        } catch (LibvirtException e) {
            LOG.warn("{} gives no storage pools: {}", uri, e.text());
            return null;
        }
    }

    /** Waits until an attempt to connect has ended, or this is closed. */
    private void awaitAnswer(CompletableFuture<?> attempt) throws InterruptedException {
        boolean late = false;
        CompletableFuture<Void> over = attempt.handle((connected, failure) -> null);
        CompletableFuture<Object> any = CompletableFuture.anyOf(over, closing);
        while (!any.isDone()) {
            try {
                any.get(LONGEST_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!late) {
                    LOG.warn(
                            "{} has not answered for {} ms, and is waited for",
                            uri,
                            LONGEST_PAUSE_MILLIS);
                }
                late = true;
            } catch (ExecutionException e) {
                throw new IllegalStateException("none of these fails", e);
            }
        }
    }

    private void serve(Connected connected) throws InterruptedException {
        Hypervisor hypervisor = connected.hypervisor;
        LibvirtDomains driver = new LibvirtDomains(hypervisor, domains, lostWork);
        List<ServiceRegistration<?>> services = new ArrayList<>();
        Dictionary<String, Object> properties =
                FrameworkUtil.asDictionary(Map.of("jobcontrol.libvirt.uri", uri));
        try {
            driver.recoverLost();
            services.add(context.registerService(DomainDriver.class, driver, properties));
            if (connected.pools != null) {
                services.add(
                        context.registerService(StorageDriver.class, connected.pools, properties));
            }
            unregisterPending();
            driver.follow(pollMillis);
            LOG.info("{} is connected: {}", uri, hypervisor.type());
            hypervisor.awaitLost();
            if (!isClosed()) {
                LOG.warn("the connection to {} is lost", uri);
            }
        } finally {
            if (!isClosed()) {
                registerPending();
            }
            unregister(services);
            driver.stop();
        }
    }

    private static void unregister(List<ServiceRegistration<?>> services) {
        for (ServiceRegistration<?> service : services) {
            try {
                service.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("the bundle has stopped, and the service with it", e);
            }
        }
    }

    private boolean isClosed() {
        return closing.isDone();
    }

    /**
     * Gives the hypervisor up: jobs that run are asked to abort. Takes seconds, also when the daemon does
     * not answer; then threads of this bundle stay in its calls.
     */
    @Override
    public void close() {
        closing.complete(null);
        Hypervisor connected = current;
        if (connected != null) {
            connected.letGo();
        }
        if (!Hypervisor.Threads.join(thread, CLOSE_MILLIS)) {
            LOG.warn("{} is still being closed", uri);
        }
    }
}
