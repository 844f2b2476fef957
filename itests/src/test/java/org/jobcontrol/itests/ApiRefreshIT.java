package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;

/** The bundle {@code api} is refreshed, and so is everything that imports it: all of ours, and its users. */
public class ApiRefreshIT {
    private final List<WeakReference<ClassLoader>> before = new ArrayList<>();

    @Test
    public void api_refreshedInFelix_allIsThereAnew() throws Exception {
        refresh(new org.apache.felix.framework.FrameworkFactory());
    }

    @Test
    public void api_refreshedInEquinox_allIsThereAnew() throws Exception {
        try (URLClassLoader equinox = LaunchedFramework.equinox()) {
            refresh(LaunchedFramework.factory(equinox));
        }
    }

    private void refresh(FrameworkFactory factory) throws Exception {
        try (LaunchedFramework framework = new LaunchedFramework(factory)) {
            framework.startNeeded();
            framework.configure(Map.of("drain_timeout_millis", "500"));
            framework.installOurs();
            framework.startOurs();
            List<Bundle> users = List.of(
                    Consumers.start(
                            framework.context(),
                            "com.acme.probe",
                            ProbeConsumer.class,
                            ProbeConsumer.DECLARATION),
                    Consumers.start(
                            framework.context(),
                            "com.acme.round",
                            RoundOfJobs.class,
                            RoundOfJobs.DECLARATION));
            List<Bundle> all = new ArrayList<>(framework.ours());
            all.addAll(users);
            assertThat(Consumers.call(users.get(0)))
                    .isEqualTo("com.acme.probe: probe.look beside DUMP");
            // Leaves a job that runs and one that waits.
            assertThat((Long) Consumers.call(users.get(1))).isPositive();
            all.forEach(this::remember);

            Bundle api = framework.ours().get(0);
            assertThat(api.getSymbolicName()).isEqualTo("org.jobcontrol.api");
            framework.refresh(List.of(api));

            assertThat(all)
                    .allMatch(bundle -> bundle.getState() == Bundle.ACTIVE)
                    .hasSize(8);
            assertThat(Consumers.call(users.get(0)))
                    .isEqualTo("com.acme.probe: probe.look beside DUMP");
            assertThat(framework.type("jobctl:history -n 1")).contains("DUMP", "com.acme.probe");
            assertNoLoaderOfBefore();
        }
    }

    private void remember(Bundle bundle) {
        before.add(new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader()));
    }

    private void assertNoLoaderOfBefore() {
        await().untilAsserted(() -> {
            Leftovers.objectsOnceEach();
            assertThat(before.stream().map(WeakReference::get).filter(Objects::nonNull))
                    .isEmpty();
        });
        assertThat(before).hasSize(8);
    }
}
