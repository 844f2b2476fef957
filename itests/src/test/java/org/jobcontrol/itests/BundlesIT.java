package org.jobcontrol.itests;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Our bundles resolve and start, and ask for no more than they need. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BundlesIT {
    /** Annotations, and what only one of the shells has. */
    private static final Pattern OPTIONAL = Pattern.compile(
            "=(org\\.(jspecify|osgi\\.service\\.event|apache\\.karaf|jline)|com\\.sun\\.jna)");

    /** Packages of the JDK have no versions. */
    private static final Pattern JDK = Pattern.compile(
            "\\(osgi\\.wiring\\.package=(javax?\\.|org\\.(w3c\\.dom|xml\\.sax)\\))");

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    private Map<String, Bundle> bundles() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("org.jobcontrol."))
                .collect(toMap(Bundle::getSymbolicName, bundle -> bundle));
    }

    private static BundleRevision revision(Bundle bundle) {
        return bundle.adapt(BundleRevision.class);
    }

    private static List<String> exports(Bundle bundle) {
        return revision(bundle).getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream()
                .map(package_ ->
                        (String) package_.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))
                .toList();
    }

    private static List<BundleRequirement> imports(Bundle bundle) {
        return revision(bundle).getDeclaredRequirements(PackageNamespace.PACKAGE_NAMESPACE);
    }

    /** The filter of an import: the package and its range. */
    private static String filter(BundleRequirement import_) {
        return import_.getDirectives().get(PackageNamespace.REQUIREMENT_FILTER_DIRECTIVE);
    }

    @Test
    public void bundles_allInstalled_areActive() {
        assertThat(bundles())
                .containsOnlyKeys(
                        "org.jobcontrol.api",
                        "org.jobcontrol.core",
                        "org.jobcontrol.domain",
                        "org.jobcontrol.libvirt",
                        "org.jobcontrol.shell",
                        "org.jobcontrol.storage");
        await().untilAsserted(() -> assertThat(bundles().values())
                .allMatch(bundle -> bundle.getState() == Bundle.ACTIVE));
    }

    @Test
    public void exports_onlyTheApi() {
        assertThat(exports(bundles().get("org.jobcontrol.api")))
                .containsExactlyInAnyOrder(
                        "org.jobcontrol.api",
                        "org.jobcontrol.api.domain",
                        "org.jobcontrol.api.spi",
                        "org.jobcontrol.api.storage");
        bundles().forEach((name, bundle) -> {
            if (!name.equals("org.jobcontrol.api")) {
                assertThat(exports(bundle)).as(name).isEmpty();
            }
        });
    }

    @Test
    public void imports_haveRangesAndOnlyAnnotationsAreOptional() {
        bundles().forEach((name, bundle) -> {
            for (BundleRequirement import_ : imports(bundle)) {
                String filter = filter(import_);
                if (JDK.matcher(filter).find()) {
                    continue;
                }
                assertThat(filter)
                        .as(name)
                        .contains("(version>=")
                        .contains("(!(version>=")
                        .containsAnyOf(
                                "=org.jobcontrol.api",
                                "=org.jspecify.annotations)",
                                "=org.osgi.framework)",
                                "=org.osgi.service.event)",
                                "=org.osgi.service.component)",
                                "=org.slf4j)",
                                "=com.google.gson)",
                                "=com.sun.jna",
                                "=picocli)",
                                "=org.apache.felix.service.command)",
                                "=org.apache.karaf.shell.api.console)",
                                "=org.jline.builtins)",
                                "=org.jline.reader)",
                                "=org.jline.terminal)");
                String resolution = import_.getDirectives()
                        .getOrDefault(Constants.RESOLUTION_DIRECTIVE, "mandatory");
                assertThat(resolution)
                        .as(filter)
                        .isEqualTo(isOptional(name, filter) ? "optional" : "mandatory");
            }
        });
    }

    /** Files are worked on without JNA too; there is no other way to libvirt. */
    private static boolean isOptional(String bundle, String filter) {
        boolean jna = filter.contains("=com.sun.jna");
        return OPTIONAL.matcher(filter).find() && !(jna && bundle.equals("org.jobcontrol.libvirt"));
    }

    @Test
    public void headers_leaveNothingToChance() {
        for (Bundle bundle : bundles().values()) {
            assertThat(bundle.getHeaders().get(Constants.DYNAMICIMPORT_PACKAGE)).isNull();
            assertThat(bundle.getHeaders().get(Constants.REQUIRE_BUNDLE)).isNull();
            assertThat(bundle.getHeaders().get("Bundle-License")).contains("Apache-2.0");
        }
    }
}
