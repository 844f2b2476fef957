package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLClassLoader;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.launch.FrameworkFactory;

/** The same bundles in each framework, and with them only what they need. */
public class FrameworksIT {
    @Test
    public void bundles_inFelix_resolveAndRun() throws Exception {
        resolveAndRun(new org.apache.felix.framework.FrameworkFactory());
    }

    @Test
    public void bundles_inEquinox_resolveAndRun() throws Exception {
        try (URLClassLoader equinox = LaunchedFramework.equinox()) {
            resolveAndRun(LaunchedFramework.factory(equinox));
        }
    }

    private static void resolveAndRun(FrameworkFactory factory) throws Exception {
        try (LaunchedFramework framework = new LaunchedFramework(factory)) {
            framework.startNeeded();
            framework.installOurs();
            framework.startOurs();
            assertThat(framework.ours())
                    .allMatch(bundle -> bundle.getState() == Bundle.ACTIVE)
                    .hasSize(6)
                    .allSatisfy(bundle -> assertServicesAreThere(framework.context(), bundle));
            Bundle consumer = Consumers.start(
                    framework.context(),
                    "com.acme.probe",
                    ProbeConsumer.class,
                    ProbeConsumer.DECLARATION);
            assertThat(Consumers.call(consumer))
                    .isEqualTo("com.acme.probe: probe.look beside DUMP");
            assertThat(framework.type("jobctl:history -n 1")).contains("DUMP", "com.acme.probe");
        }
    }

    /** A component that cannot be made has its service all the same, and then no object for it. */
    private static void assertServicesAreThere(BundleContext context, Bundle bundle) {
        if (bundle.getRegisteredServices() != null) {
            assertThat(bundle.getRegisteredServices()).allSatisfy(service -> {
                assertThat(context.getService(service)).isNotNull();
                context.ungetService(service);
            });
        }
    }
}
