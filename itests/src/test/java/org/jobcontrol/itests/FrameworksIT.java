package org.jobcontrol.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The same bundles in each framework, and with them only what they need. */
public class FrameworksIT {
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

    @Test
    public void bundles_inFelix_resolveAndRun() throws Exception {
        resolveAndRun(new org.apache.felix.framework.FrameworkFactory());
    }

    @Test
    public void bundles_inEquinox_resolveAndRun() throws Exception {
        try (URLClassLoader equinox = equinox()) {
            resolveAndRun(
                    (FrameworkFactory) equinox.loadClass("org.eclipse.osgi.launch.EquinoxFactory")
                            .getConstructor()
                            .newInstance());
        }
    }

    /** Its jar is signed and has a resolver of the same name as Felix has: they share only OSGi's API. */
    private static URLClassLoader equinox() throws Exception {
        ClassLoader test = FrameworksIT.class.getClassLoader();
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

    private static void resolveAndRun(FrameworkFactory factory) throws Exception {
        Path storage = Files.createTempDirectory(Path.of("target"), "framework");
        Framework framework = factory.newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE,
                storage.toString(),
                Constants.FRAMEWORK_STORAGE_CLEAN,
                Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                "org.ops4j.pax.logging.DefaultServiceLog.level",
                "WARN"));
        framework.start();
        try {
            BundleContext context = framework.getBundleContext();
            for (Bundle bundle : install(context)) {
                bundle.start();
                assertThat(bundle.getState()).as(bundle.toString()).isEqualTo(Bundle.ACTIVE);
            }
            Bundle consumer = Consumers.start(
                    context, "com.acme.probe", ProbeConsumer.class, ProbeConsumer.DECLARATION);
            await().until(() -> consumer.getRegisteredServices() != null);
            Callable<?> probe =
                    (Callable<?>) context.getService(consumer.getRegisteredServices()[0]);
            assertThat(probe.call()).isEqualTo("com.acme.probe: probe.look beside DUMP");
            assertThat(type(context, "jobctl:history -n 1")).contains("DUMP", "com.acme.probe");
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }

    private static List<Bundle> install(BundleContext context) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        for (String needed : NEEDED) {
            bundles.add(install(context, Path.of("target/runtime", needed + ".jar")));
        }
        try (Stream<Path> ours = Files.list(Path.of("target/bundles"))) {
            for (Path bundle : ours.sorted().toList()) {
                bundles.add(install(context, bundle));
            }
        }
        return bundles;
    }

    private static Bundle install(BundleContext context, Path file) throws BundleException {
        return context.installBundle(file.toUri().toString());
    }

    /** Types a command at the framework's Gogo, whose classes are not the test's. */
    private static String type(BundleContext context, String command) throws Exception {
        Object processor = context.getService(
                context.getServiceReference("org.apache.felix.service.command.CommandProcessor"));
        await().until(() ->
                context.getAllServiceReferences(null, "(osgi.command.scope=jobctl)") != null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Object session = processor
                .getClass()
                .getMethod(
                        "createSession", InputStream.class, OutputStream.class, OutputStream.class)
                .invoke(processor, new ByteArrayInputStream(new byte[0]), out, out);
        session.getClass().getMethod("execute", CharSequence.class).invoke(session, command);
        return out.toString(UTF_8);
    }
}
