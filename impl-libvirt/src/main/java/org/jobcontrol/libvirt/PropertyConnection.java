package org.jobcontrol.libvirt;

import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.StorageDriver;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The connection that the framework was started with, if it was: property {@value #URI}. Only wires. */
@Component(
        service = {},
        immediate = true)
public final class PropertyConnection {
    static final String URI = "jobcontrol.libvirt.uri";

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
     * Begins to connect, if the property is set.
     *
     * @param runtime has the library
     * @param context has the property, and is where the drivers are registered
     */
    @Activate
    public PropertyConnection(
            @Reference(name = "runtime") LibvirtRuntime runtime, BundleContext context) {
        String uri = context.getProperty(URI);
        connector = uri == null || uri.isBlank()
                ? null
                : Connector.start(
                        runtime,
                        uri.strip(),
                        LibvirtConnection.DEFAULT_POLL,
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
