package org.jobcontrol.itests;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/** Bundles of users: each has a name of its own, and what it gets it gets in that name. */
final class Consumers {
    private Consumers() {}

    /** Installs and starts a bundle without code; its context is used by the test. */
    static Bundle start(BundleContext context, String name) throws IOException, BundleException {
        return install(context, name, jar(manifest(name), new byte[0], "", ""));
    }

    /** Installs and starts a bundle with one DS component. */
    static Bundle start(BundleContext context, String name, Class<?> component, String declaration)
            throws IOException, BundleException {
        return install(context, name, jar(name, component, declaration));
    }

    /** Returns a bundle with one DS component, to be installed or to update one with. */
    static InputStream jar(String name, Class<?> component, String declaration) throws IOException {
        Manifest manifest = manifest(name);
        Attributes headers = manifest.getMainAttributes();
        headers.putValue(
                Constants.IMPORT_PACKAGE,
                "org.jobcontrol.api;version=\"[1,2)\",org.jobcontrol.api.domain;version=\"[1,2)\","
                        + "org.jobcontrol.api.spi;version=\"[1,2)\","
                        + "org.jobcontrol.api.storage;version=\"[1,2)\"");
        headers.putValue("Service-Component", "OSGI-INF/component.xml");
        String file = component.getName().replace('.', '/') + ".class";
        try (InputStream code = component.getResourceAsStream("/" + file)) {
            return jar(manifest, code.readAllBytes(), file, declaration);
        }
    }

    /** Returns a service as a bundle gets it. */
    static <S> S service(Bundle bundle, Class<S> type) {
        BundleContext context = bundle.getBundleContext();
        return context.getService(context.getServiceReference(type));
    }

    /** Calls the component of a bundle, once it is there. */
    static Object call(Bundle bundle) throws Exception {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> bundle.getRegisteredServices() != null);
        BundleContext context = bundle.getBundleContext();
        return ((Callable<?>) context.getService(bundle.getRegisteredServices()[0])).call();
    }

    private static Manifest manifest(String name) {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        return manifest;
    }

    private static InputStream jar(Manifest manifest, byte[] code, String file, String component)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            if (!file.isEmpty()) {
                jar.putNextEntry(new JarEntry(file));
                jar.write(code);
                jar.putNextEntry(new JarEntry("OSGI-INF/component.xml"));
                jar.write(component.getBytes(StandardCharsets.UTF_8));
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static Bundle install(BundleContext context, String name, InputStream jar)
            throws BundleException {
        Bundle bundle = context.installBundle("consumer:" + name, jar);
        bundle.start();
        return bundle;
    }
}
