package org.jobcontrol.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Units;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The demo: jobs on storage and on a domain, for people to look at. It checks what it shows. The
 * launcher calls it on its main thread and exits with what it returns.
 */
@Component(name = Demo.NAME, enabled = false, property = "main.thread:Boolean=true")
public final class Demo implements Callable<Integer> {
    static final String NAME = "org.jobcontrol.app.Demo";

    /** How wide the terminal is; not set if standard output is none. */
    private static final String COLUMNS = "jobcontrol.demo.columns";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String URI = "jobcontrol.libvirt.uri";

    private final Domains domains;
    private final StoragePools pools;
    private final JobControl control;
    private final JobAdmin admin;
    private final Screen screen;
    private final Checks check = new Checks();
    private final BundleContext context;

    /** The libvirt to play at; null for the built-in drivers. */
    private final @Nullable String uri;

    /**
     * Creates the demo.
     *
     * @param domains where it defines its domain
     * @param pools where it defines its pool
     * @param control where it looks at its jobs
     * @param admin how it slows them down
     * @param context tells how wide the terminal is, and at which libvirt to play
     */
    @Activate
    public Demo(
            @Reference(name = "domains") Domains domains,
            @Reference(name = "pools") StoragePools pools,
            @Reference(name = "control") JobControl control,
            @Reference(name = "admin") JobAdmin admin,
            BundleContext context) {
        this.domains = domains;
        this.pools = pools;
        this.control = control;
        this.admin = admin;
        this.context = context;
        this.uri = context.getProperty(URI);
        this.screen = new Screen(System.out, columns(context.getProperty(COLUMNS)), "  ");
    }

    /**
     * Plays the demo.
     *
     * @return 0 if all went as it should, 1 if not; why is on standard error
     */
    @Override
    @SuppressWarnings("CatchingUnchecked") // whatever went wrong is told, and is the exit code
    public Integer call() {
        long begin = System.nanoTime();
        try {
            play();
        } catch (DemoException e) {
            System.err.println("demo failed: " + e.getMessage());
            return 1;
        } catch (Exception e) {
            System.err.println("demo failed: " + e);
            e.printStackTrace();
            return 1;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        screen.heading("All " + check.passed() + " checks passed, in " + Units.time(took));
        return 0;
    }

    private void play() throws Exception {
        Path directory = Files.createTempDirectory("demo-");
        try {
            Watch watch = new Watch(control, screen);
            Path pool = Files.createDirectory(directory.resolve("pool"));
            Path saves = Files.createDirectory(directory.resolve("saves"));
            StorageScene storage = new StorageScene(pools, admin, screen, watch, check);
            if (uri == null) {
                storage.play(PoolSpec.directory("demo", pool));
                new DomainScene(domains, screen, watch, check).play(saves);
            } else {
                awaitConnected(uri);
                playAt(uri, storage, watch, pool, saves);
            }
            new HistoryScene(control, screen, check).play();
        } finally {
            delete(directory);
        }
    }

    private void playAt(String at, StorageScene storage, Watch watch, Path pool, Path saves)
            throws Exception {
        if (at.startsWith("test:")) {
            screen.say("the pools of " + at + " have no files: they are left out");
        } else {
            storage.play(new PoolSpec("jobcontrol-demo", at, pool, Map.of()));
        }
        new LibvirtScene(domains, screen, watch, check).play(at, saves);
    }

    /** The storage driver is the last that a connection brings. */
    private void awaitConnected(String at) throws Exception {
        String filter = "(&(objectClass=" + StorageDriver.class.getName() + ")(" + URI + "=*))";
        ServiceTracker<?, ?> drivers =
                new ServiceTracker<>(context, context.createFilter(filter), null);
        drivers.open();
        try {
            if (drivers.waitForService(PATIENCE.toMillis()) == null) {
                throw new DemoException(at + " is not connected after " + Units.time(PATIENCE));
            }
        } finally {
            drivers.close();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }

    private static int columns(@Nullable String property) {
        try {
            return property == null ? 0 : Integer.parseInt(property);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
