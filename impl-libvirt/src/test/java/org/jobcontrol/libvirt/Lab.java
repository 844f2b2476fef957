package org.jobcontrol.libvirt;

import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.domain.Wiring;
import org.jobcontrol.storage.StorageWiring;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Job control on a libvirt, wired as a framework would do it. */
final class Lab implements AutoCloseable {
    private static final long POLL_MILLIS = 1_000;

    private final JobEngine engine;
    private final Wiring wiring;
    private final StorageWiring storage;
    private final StorageDriver directories = new DirectoryDriver((Path) null);
    private final AtomicInteger registered = new AtomicInteger();
    private final EventLoop loop;
    private final Connector connector;
    private volatile boolean localBytes = true;

    Lab(String uri) throws Exception {
        this(uri, null, control -> {});
    }

    /** Also has jobs recorded, and something done before libvirt is connected. */
    Lab(String uri, @Nullable JobJournal journal, Consumer<JobControl> started) throws Exception {
        engine = new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, journal, type -> JobEngine.NO_BUNDLE);
        started.accept(control());
        wiring = new Wiring(engine);
        storage = new StorageWiring(engine);
        Libvirt libvirt = Libvirt.load();
        loop = EventLoop.start(libvirt);
        Domains ofTheDriver = wiring.domains(engine.control("org.jobcontrol.libvirt"));
        connector = new Connector(
                        libvirt,
                        uri,
                        POLL_MILLIS,
                        proxy(BundleContext.class, (proxy, method, args) -> register(args[1])),
                        () -> Optional.of(ofTheDriver),
                        () -> localBytes ? Optional.of(directories) : Optional.empty())
                .start();
        awaitConnected();
    }

    /** A context of a bundle in which nothing can be done but to register drivers. */
    private ServiceRegistration<?> register(Object service) {
        if (service instanceof PendingConnection connection) {
            wiring.add(connection);
            storage.add(connection);
            return proxy(ServiceRegistration.class, (proxy, method, args) -> {
                wiring.remove(connection);
                storage.remove(connection);
                return null;
            });
        }
        if (service instanceof DomainDriver driver) {
            wiring.add(driver);
            engine.recover("domain");
        } else {
            storage.add((StorageDriver) service);
        }
        registered.incrementAndGet();
        return proxy(ServiceRegistration.class, (proxy, method, args) -> {
            registered.decrementAndGet();
            if (service instanceof DomainDriver driver) {
                wiring.remove(driver);
            } else {
                storage.remove((StorageDriver) service);
            }
            return null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(Lab.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    void awaitConnected() {
        await("connection").atMost(Duration.ofSeconds(30)).until(() -> registered.get() == 2);
    }

    void awaitLost() {
        await("loss").atMost(Duration.ofSeconds(30)).until(() -> registered.get() == 0);
    }

    /** Has libvirt itself move the bytes of volumes from now on, or again this process. */
    void localBytes(boolean wanted) {
        localBytes = wanted;
    }

    JobControl control() {
        return engine.control("com.acme.test");
    }

    /** Returns a job control that acts in the name of a bundle with a number. */
    JobControl control(String bundle, long bundleId) {
        return engine.control(bundle, bundleId);
    }

    /** Has a bundle stop whose jobs run. */
    void stopped(long bundleId) {
        engine.ownerStopped(bundleId);
    }

    JobAdmin admin() {
        return engine.admin();
    }

    Domains domains() {
        return wiring.domains(control());
    }

    Domains domains(JobControl control) {
        return wiring.domains(control);
    }

    StoragePools pools() {
        return storage.pools(control());
    }

    /**
     * Returns which types may run on a domain now, beside what runs there; the driver's own questions,
     * which take the job slot for a moment, do not count.
     */
    static Set<JobType> beside(Domain domain) {
        AtomicReference<Set<JobType>> types = new AtomicReference<>(Set.of());
        await().until(() -> {
            boolean quiet = domain.jobs().info().jobs().isEmpty();
            types.set(admissible(domain));
            return quiet && domain.jobs().info().jobs().isEmpty();
        });
        return types.get();
    }

    private static Set<JobType> admissible(Domain domain) {
        Set<JobType> types = EnumSet.noneOf(JobType.class);
        for (JobType type : JobType.values()) {
            if (type.beginnable()
                    && type.bit() != 0
                    && domain.jobs().explain(type).admissible()) {
                types.add(type);
            }
        }
        return types;
    }

    JobInfo ended(JobFuture<?> future) {
        return control().ended(future.id()).toCompletableFuture().join();
    }

    /** Closes the connection to libvirt, and keeps the rest. */
    void closeConnection() {
        connector.close();
    }

    @Override
    public void close() {
        connector.close();
        loop.close();
        engine.close();
    }
}
