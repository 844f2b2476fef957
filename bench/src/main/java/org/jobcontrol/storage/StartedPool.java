package org.jobcontrol.storage;

import java.nio.file.Path;
import java.time.Duration;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.storage.directory.DirectoryDriver;

/** A pool over a directory without a framework; here, since its parts are known in this package only. */
public final class StartedPool {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private StartedPool() {}

    /**
     * Defines and starts a pool.
     *
     * @param engine where its jobs run
     * @param directory its place
     * @return the pool
     * @throws Exception if it does not start
     */
    public static StoragePool of(JobEngine engine, Path directory) throws Exception {
        StorageCatalog catalog = new StorageCatalog();
        catalog.add(new DirectoryDriver((Path) null), 0);
        engine.adapters().add(new PoolAdapter(catalog), PoolAdapter.KIND, 0);
        engine.adapters().add(new VolumeAdapter(catalog), VolumeAdapter.KIND, 0);
        JobControl control = engine.control("org.jobcontrol.bench", 1);
        StoragePool pool = new StoragePoolsService(catalog, control)
                .define(PoolSpec.directory("bench", directory));
        pool.start(PATIENCE).await();
        return pool;
    }
}
