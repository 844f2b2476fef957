package org.jobcontrol.storage;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.spi.JobControls;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

/** The storage pools as one bundle sees them: its jobs run in its name. Only wires. */
@Component(service = StoragePools.class, scope = ServiceScope.BUNDLE)
public final class StoragePoolsService implements StoragePools {
    private final StorageCatalog catalog;
    private final JobControl control;

    /**
     * Makes the service for the bundle that asked for it.
     *
     * @param catalog what all bundles share
     * @param controls gives the job control of the bundle
     * @param context tells which bundle it is
     */
    @Activate
    public StoragePoolsService(
            @Reference(name = "catalog") StorageCatalog catalog,
            @Reference(name = "controls") JobControls controls,
            ComponentContext context) {
        this(catalog, controls.forBundle(context.getUsingBundle()));
    }

    StoragePoolsService(StorageCatalog catalog, JobControl control) {
        this.catalog = catalog;
        this.control = control;
    }

    @Override
    public List<StoragePool> list() {
        return catalog.list().stream().<StoragePool>map(this::view).toList();
    }

    @Override
    public Optional<StoragePool> find(String name) {
        Objects.requireNonNull(name, "name");
        return catalog.find(name).map(this::view);
    }

    @Override
    public StoragePool define(PoolSpec spec) throws StorageException {
        Objects.requireNonNull(spec, "spec");
        return view(catalog.define(spec));
    }

    @Override
    public String defaultType(String name) throws StorageException {
        return catalog.defaultType(Objects.requireNonNull(name, "name"));
    }

    private PoolView view(PoolRecord record) {
        return new PoolView(record, catalog, control);
    }
}
