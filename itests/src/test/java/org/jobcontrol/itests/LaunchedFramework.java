package org.jobcontrol.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * A framework that the test stands outside of, with our bundles and only what they need. No class of
 * theirs is the test's, so it can do with all of them what it likes; it sees services by reflection.
 */
final class LaunchedFramework implements AutoCloseable {
    private static final List<String> NEEDED = List.of(
            "gson",
            "jna",
            "org.apache.felix.configadmin",
            "org.apache.felix.gogo.runtime",
            "org.apache.felix.scr",
            "org.osgi.service.component",
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "pax-logging-api",
            "pax-logging-log4j2",
            "picocli");

    private static final Duration SOON = Duration.ofMillis(5);
    private static final long STOP_MILLIS = 10_000;
    private static final long REFRESH_SECONDS = 60;

    private final Path storage;
    private final Framework framework;
    private final List<Bundle> ours = new ArrayList<>();

    /**
     * Loads Equinox. Its jar is signed and has a resolver of the same name as Felix has: they share only
     * OSGi's API.
     */
    static URLClassLoader equinox() throws Exception {
        ClassLoader test = LaunchedFramework.class.getClassLoader();
        ClassLoader shared = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (!name.startsWith("org.osgi.")) {
                    throw new ClassNotFoundException(name);
                }
                return test.loadClass(name);
            }
        };
        Path jar = Path.of("target/runtime/org.eclipse.osgi.jar");
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, shared);
    }

    static FrameworkFactory factory(ClassLoader equinox) throws ReflectiveOperationException {
        return (FrameworkFactory) equinox.loadClass("org.eclipse.osgi.launch.EquinoxFactory")
                .getConstructor()
                .newInstance();
    }

    /** Starts a framework that has nothing but itself. */
    LaunchedFramework(FrameworkFactory factory) throws Exception {
        this(factory, Map.of());
    }

    /** The same, with properties. */
    LaunchedFramework(FrameworkFactory factory, Map<String, String> properties) throws Exception {
        this(
                factory,
                Files.createTempDirectory(Path.of("target"), "framework").toRealPath(),
                properties);
    }

    private LaunchedFramework(
            FrameworkFactory factory, Path storage, Map<String, String> properties)
            throws Exception {
        this.storage = storage;
        Map<String, String> all = new HashMap<>(properties);
        all.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        all.put("org.ops4j.pax.logging.DefaultServiceLog.level", "WARN");
        framework = factory.newFramework(all);
        framework.start();
    }

    /** Starts a framework with what an earlier one has left in its storage: the same bundles. */
    static LaunchedFramework again(
            FrameworkFactory factory, Path storage, Map<String, String> properties)
            throws Exception {
        LaunchedFramework framework = new LaunchedFramework(factory, storage, properties);
        for (Bundle bundle : framework.context().getBundles()) {
            if (bundle.getLocation().contains("/target/bundles/")) {
                framework.ours.add(bundle);
            }
        }
        return framework;
    }

    /** Starts what our bundles need. */
    void startNeeded() throws BundleException {
        List<Bundle> needed = new ArrayList<>();
        for (String name : NEEDED) {
            needed.add(install(Path.of("target/runtime", name + ".jar")));
        }
        for (Bundle bundle : needed) {
            bundle.start();
        }
    }

    /** Returns where it keeps the files of its bundles. */
    Path storage() {
        return storage;
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /** Returns our bundles, as they were installed last. */
    List<Bundle> ours() {
        return List.copyOf(ours);
    }

    Bundle bundle(String name) {
        return Stream.of(context().getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Installs our bundles, and starts none. */
    void installOurs() throws Exception {
        ours.clear();
        try (Stream<Path> files = Files.list(Path.of("target/bundles"))) {
            for (Path file : files.sorted().toList()) {
                ours.add(install(file));
            }
        }
    }

    /** Uninstalls our bundles, and has the framework let go of them. */
    void uninstallOurs() throws BundleException, InterruptedException {
        for (Bundle bundle : ours) {
            bundle.uninstall();
        }
        ours.clear();
        refresh(null);
    }

    void startOurs() throws BundleException {
        for (Bundle bundle : ours) {
            bundle.start();
        }
    }

    void stopOurs() throws BundleException {
        for (Bundle bundle : ours) {
            bundle.stop();
        }
    }

    private Bundle install(Path file) throws BundleException {
        return context().installBundle(file.toUri().toString());
    }

    /**
     * Refreshes bundles, and returns when those that import from them are started again too.
     *
     * @param bundles the bundles, or null for those that were uninstalled or updated
     */
    void refresh(Collection<Bundle> bundles) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        framework
                .adapt(FrameworkWiring.class)
                .refreshBundles(bundles, event -> refreshed.countDown());
        if (!refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no end of the refresh of " + bundles);
        }
    }

    /** Sets values of the configuration {@code org.jobcontrol}. */
    void configure(Map<String, String> values) throws Exception {
        configure("getConfiguration", "org.jobcontrol", values);
    }

    /** Has the libvirt bundle connect whenever it is started. */
    void connect(String uri) throws Exception {
        configure("createFactoryConfiguration", "org.jobcontrol.libvirt", Map.of("uri", uri));
    }

    private void configure(String how, String pid, Map<String, String> values) throws Exception {
        Object admin = service("org.osgi.service.cm.ConfigurationAdmin");
        Object configuration = invoke(admin, how, List.of(String.class, String.class), pid, "?");
        invoke(
                configuration,
                "update",
                List.of(Dictionary.class),
                new Hashtable<String, Object>(values));
    }

    /** Types a command at the framework's Gogo, and returns what it prints. */
    String type(String command) throws Exception {
        Object processor = service("org.apache.felix.service.command.CommandProcessor");
        await().pollInterval(SOON)
                .until(() -> context().getAllServiceReferences(null, "(osgi.command.scope=jobctl)")
                        != null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Object session = invoke(
                processor,
                "createSession",
                List.of(InputStream.class, OutputStream.class, OutputStream.class),
                new ByteArrayInputStream(new byte[0]),
                out,
                out);
        try {
            invoke(session, "execute", List.of(CharSequence.class), command);
        } finally {
            invoke(session, "close", List.of());
        }
        return out.toString(UTF_8);
    }

    private Object service(String type) {
        ServiceReference<?>[] references = await().pollInterval(SOON)
                .until(() -> context().getAllServiceReferences(type, null), found -> found != null);
        return context().getService(references[0]);
    }

    private static Object invoke(
            Object service, String method, List<Class<?>> types, Object... arguments)
            throws Exception {
        var its = service.getClass().getMethod(method, types.toArray(Class<?>[]::new));
        its.setAccessible(true);
        return its.invoke(service, arguments);
    }

    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(STOP_MILLIS);
    }
}
