package org.jobcontrol.libvirt;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.StorageDriver;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One configured connection to a libvirt. Only wires. */
@Component(
        service = {},
        immediate = true,
        configurationPid = LibvirtConnection.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = LibvirtConnection.Config.class, factory = true)
public final class LibvirtConnection {
    static final String PID = "org.jobcontrol.libvirt";

    /** Where Felix File Install, also Karaf's, notes which file a configuration is of. */
    static final String FILE = "felix.fileinstall.filename";

    private static final Logger LOG = LoggerFactory.getLogger(LibvirtConnection.class);
    private static final long MIN_POLL = 100;
    private static final long MAX_POLL = 3_600_000;
    static final long DEFAULT_POLL = 2_000;

    /** What may be configured. */
    @ObjectClassDefinition(
            name = "jobcontrol connection to libvirt",
            description = "Domains and storage pools of a libvirt")
    public @interface Config {
        /**
         * Returns where libvirt is.
         *
         * @return a libvirt URI
         */
        @AttributeDefinition(
                name = "URI",
                description = "Where libvirt is, such as qemu:///system or test:///default")
        String uri() default "";

        /**
         * Returns how often it is looked for jobs of other clients.
         *
         * @return milliseconds
         */
        @AttributeDefinition(
                name = "Poll",
                description = "Milliseconds between two looks for jobs of other clients",
                min = "" + MIN_POLL,
                max = "" + MAX_POLL)
        long foreign__poll__millis() default DEFAULT_POLL;
    }

    private final @Nullable Connector connector;

    @Reference(
            name = "domains",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable Domains domains;

    @Reference(
            name = "storage",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable List<StorageDriver> storage;

    /**
     * Returns the file that a configuration was read from, if that is not there any more. Configuration Admin
     * keeps the configuration of a file that was deleted while no framework ran.
     */
    static Optional<Path> deletedFile(Map<String, Object> properties) {
        Object file = properties.get(FILE);
        if (file == null || !file.toString().startsWith("file:")) {
            return Optional.empty();
        }
        return Optional.of(Path.of(URI.create(file.toString())))
                .filter(path -> !Files.exists(path));
    }

    /**
     * Begins to connect.
     *
     * @param runtime has the library
     * @param config says where to
     * @param properties the whole configuration, with its PID
     * @param context where the drivers are registered
     */
    @Activate
    public LibvirtConnection(
            @Reference(name = "runtime") LibvirtRuntime runtime,
            Config config,
            Map<String, Object> properties,
            BundleContext context) {
        // of a file etc/org.jobcontrol.libvirt-NAME.cfg, with its name
        String name = String.valueOf(properties.getOrDefault(Constants.SERVICE_PID, PID));
        String uri = config.uri().strip();
        long poll = config.foreign__poll__millis();
        Path deleted = deletedFile(properties).orElse(null);
        if (deleted != null) {
            LOG.warn(
                    "{} ({}): its file {} was deleted, so nothing is connected",
                    name,
                    uri,
                    deleted);
            connector = null;
            return;
        }
        if (uri.isEmpty()) {
            LOG.warn("{}: uri is empty, so nothing is connected", name);
            connector = null;
            return;
        }
        if (poll < MIN_POLL || poll > MAX_POLL) {
            LOG.warn(
                    "{} ({}): foreign_poll_millis: {} is not from {} to {}; {} is taken",
                    name,
                    uri,
                    poll,
                    MIN_POLL,
                    MAX_POLL,
                    DEFAULT_POLL);
            poll = DEFAULT_POLL;
        }
        connector = Connector.start(
                runtime,
                uri,
                poll,
                context,
                () -> Optional.ofNullable(domains),
                () -> LocalVolumes.Directories.among(storage));
    }

    @Deactivate
    void stop() {
        if (connector != null) {
            connector.close();
        }
    }
}
