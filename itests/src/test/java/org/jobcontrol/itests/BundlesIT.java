package org.jobcontrol.itests;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.Map;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Our bundles resolve and start. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BundlesIT {
    @Inject
    private BundleContext context;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Test
    public void bundles_allInstalled_areActive() {
        await().untilAsserted(() -> assertThat(states())
                .containsEntry("org.jobcontrol.api", Bundle.ACTIVE)
                .containsEntry("org.jobcontrol.core", Bundle.ACTIVE)
                .containsEntry("org.jobcontrol.domain", Bundle.ACTIVE)
                .containsEntry("org.jobcontrol.storage", Bundle.ACTIVE));
    }

    private Map<String, Integer> states() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("org.jobcontrol."))
                .collect(toMap(Bundle::getSymbolicName, Bundle::getState));
    }
}
