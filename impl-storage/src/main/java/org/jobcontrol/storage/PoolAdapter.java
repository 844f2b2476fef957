package org.jobcontrol.storage;

import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells the core what a storage pool is, and passes aborts and looks at progress to its driver. */
@Component(service = TargetAdapter.class, property = TargetAdapter.KIND + "=" + PoolAdapter.KIND)
public final class PoolAdapter implements TargetAdapter<StoragePool> {
    static final String KIND = "pool";

    private final StorageCatalog catalog;

    /**
     * Makes the adapter.
     *
     * @param catalog the pools of all
     */
    @Activate
    public PoolAdapter(@Reference(name = "catalog") StorageCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Class<StoragePool> type() {
        return StoragePool.class;
    }

    @Override
    public TargetId identify(StoragePool pool) {
        return TargetId.of(KIND, pool.name());
    }

    @Override
    public AdmissionPolicy policy() {
        return AdmissionPolicy.STORAGE_POOL;
    }

    @Override
    public void abort(TargetId target, JobInfo job) {
        catalog.driver(target).ifPresent(driver -> driver.abort(target, job));
    }

    @Override
    public Optional<Progress> progress(TargetId target, JobInfo job) {
        return catalog.driver(target).flatMap(driver -> driver.progress(target, job));
    }

    @Override
    public Recovery recover(InterruptedJob job) throws StorageException {
        return catalog.recover(job);
    }
}
