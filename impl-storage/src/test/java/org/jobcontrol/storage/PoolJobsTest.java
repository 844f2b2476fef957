package org.jobcontrol.storage;

import java.nio.file.Path;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.core.contract.JobObjectContract;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.io.TempDir;

/** The contract of job objects, for a storage pool. */
class PoolJobsTest extends JobObjectContract {
    private final StoragePools pools;

    @TempDir
    Path directory;

    PoolJobsTest() {
        StorageCatalog catalog = new StorageCatalog();
        catalog.add(new DirectoryDriver((Path) null), 0);
        engine.adapters().add(new PoolAdapter(catalog), PoolAdapter.KIND, 0);
        engine.adapters().add(new VolumeAdapter(catalog), VolumeAdapter.KIND, 0);
        pools = new StoragePoolsService(catalog, control);
    }

    @Override
    protected Object target() throws Exception {
        return pool();
    }

    /** Returns a pool that is defined on first use. */
    StoragePool pool() throws StorageException {
        return pools.find("images").isPresent()
                ? pools.find("images").orElseThrow()
                : pools.define(PoolSpec.directory("images", directory));
    }
}
