package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.Domains;
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

    private final Libvirt libvirt;
    private final String uri;
    private final long pollMillis;
    private final BundleContext context;
    private final Supplier<Optional<Domains>> domains;
    private final LocalVolumes.Directories directories;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Used by the connector's thread, and by whoever closes it. */
    private volatile @Nullable Hypervisor current;

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
        try {
            while (!isClosed()) {
                if (serve(pause == FIRST_PAUSE_MILLIS)) {
                    pause = FIRST_PAUSE_MILLIS;
                }
                closed.await(pause, TimeUnit.MILLISECONDS);
                pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is not kept connected any more", uri, e);
        }
    }

    /** Connects and serves until the connection is lost; false if there was none. */
    private boolean serve(boolean first) throws InterruptedException {
        try (Hypervisor hypervisor = Hypervisor.connect(libvirt, uri)) {
            current = hypervisor;
            if (!isClosed()) {
                serve(hypervisor);
            }
            return true;
        } catch (LibvirtException e) {
            if (first) {
                LOG.warn("{} cannot be reached, and is tried again and again: {}", uri, e.text());
            }
            return false;
        } finally {
            current = null;
        }
    }

    private void serve(Hypervisor hypervisor) throws InterruptedException {
        LibvirtDomains driver = new LibvirtDomains(hypervisor, domains);
        List<ServiceRegistration<?>> services = new ArrayList<>();
        Dictionary<String, Object> properties =
                FrameworkUtil.asDictionary(Map.of("jobcontrol.libvirt.uri", uri));
        try {
            services.add(context.registerService(DomainDriver.class, driver, properties));
            try {
                services.add(context.registerService(
                        StorageDriver.class,
                        new LibvirtPools(hypervisor, directories),
                        properties));
            } catch (LibvirtException e) {
                LOG.warn("{} gives no storage pools: {}", uri, e.text());
            }
            driver.follow(pollMillis);
            LOG.info("{} is connected: {}", uri, hypervisor.type());
            hypervisor.awaitLost();
            if (!isClosed()) {
                LOG.warn("the connection to {} is lost", uri);
            }
        } finally {
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
        return closed.getCount() == 0;
    }

    /** Lets go of the hypervisor: jobs that run are asked to abort and waited for. */
    @Override
    public void close() {
        closed.countDown();
        Hypervisor connected = current;
        if (connected != null) {
            connected.letGo();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
