package org.jobcontrol.storage;

import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.core.engine.JobEngine;

/** Wires storage as Declarative Services do in a framework. */
public final class StorageWiring {
    private final StorageCatalog catalog = new StorageCatalog();

    /** Makes a catalog and tells an engine of its adapters. */
    public StorageWiring(JobEngine engine) {
        engine.adapters().add(new PoolAdapter(catalog), PoolAdapter.KIND, 0);
        engine.adapters().add(new VolumeAdapter(catalog), VolumeAdapter.KIND, 0);
        JobControl control = engine.control("org.jobcontrol.storage");
        catalog.whenGone(pool -> GonePools.close(control, pool));
    }

    /** Returns the service for a user. */
    public StoragePools pools(JobControl control) {
        return new StoragePoolsService(catalog, control);
    }

    /** A driver comes. */
    public void add(StorageDriver driver) {
        catalog.add(driver, 0);
    }

    /** A driver goes. */
    public void remove(StorageDriver driver) {
        catalog.remove(driver);
    }

    /** A connection is away. */
    public void add(PendingConnection connection) {
        catalog.addPending(connection);
    }

    /** A connection is up, or is not configured any more. */
    public void remove(PendingConnection connection) {
        catalog.removePending(connection);
    }
}
