package org.jobcontrol.itests;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.CoreOptions.when;

import java.nio.file.Path;
import org.ops4j.pax.exam.Option;

/** Felix as the integration tests start it. */
final class Framework {
    private Framework() {}

    /** Every bundle of ours and what they need, started. */
    static Option[] withAllBundles() {
        return new Option[] {
            quietUnsafe(),
            systemProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"),
            runtime("pax-logging-api"),
            runtime("pax-logging-log4j2"),
            runtime("org.osgi.util.function"),
            runtime("org.osgi.util.promise"),
            runtime("org.osgi.service.component"),
            runtime("org.apache.felix.configadmin"),
            runtime("org.apache.felix.eventadmin"),
            runtime("org.apache.felix.gogo.runtime"),
            runtime("org.apache.felix.metatype"),
            runtime("org.apache.felix.scr"),
            project("org.jobcontrol.api"),
            project("org.jobcontrol.core"),
            runtime("picocli"),
            runtime("gson"),
            runtime("jna"),
            project("org.jobcontrol.domain"),
            project("org.jobcontrol.storage"),
            project("org.jobcontrol.libvirt"),
            project("org.jobcontrol.shell"),
            assertions(),
            junitBundles()
        };
    }

    /** Felix reads a field through Unsafe at its start, and from 24 on Java says so. */
    private static Option quietUnsafe() {
        return when(Runtime.version().feature() >= 24)
                .useOptions(vmOption("--sun-misc-unsafe-memory-access=allow"));
    }

    /** AssertJ and Awaitility, for the tests themselves. */
    static Option assertions() {
        return composite(
                runtime("byte-buddy"),
                runtime("assertj-core"),
                runtime("hamcrest"),
                runtime("awaitility"));
    }

    static Option runtime(String artifactId) {
        return file("target/runtime", artifactId);
    }

    static Option project(String artifactId) {
        return file("target/bundles", artifactId);
    }

    private static Option file(String directory, String artifactId) {
        return bundle(Path.of(directory, artifactId + ".jar").toUri().toString());
    }
}
