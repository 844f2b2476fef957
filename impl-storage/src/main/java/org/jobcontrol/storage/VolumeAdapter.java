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
import org.jobcontrol.api.storage.StorageVolume;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Tells the core what a volume is, and passes aborts and looks at progress to the driver of its
 * pool.
 */
@Component(service = TargetAdapter.class, property = TargetAdapter.KIND + "=" + VolumeAdapter.KIND)
public final class VolumeAdapter implements TargetAdapter<StorageVolume> {
    static final String KIND = "volume";

    private final StorageCatalog catalog;

    /**
     * Makes the adapter.
     *
     * @param catalog the pools of all
     */
    @Activate
    public VolumeAdapter(@Reference(name = "catalog") StorageCatalog catalog) {
        this.catalog = catalog;
    }

    /** Names a volume of a pool. */
    static TargetId target(TargetId pool, String volume) {
        return new TargetId(KIND, volume, pool);
    }

    @Override
    public Class<StorageVolume> type() {
        return StorageVolume.class;
    }

    @Override
    public TargetId identify(StorageVolume volume) {
        return target(TargetId.of(PoolAdapter.KIND, volume.pool().name()), volume.name());
    }

    @Override
    public AdmissionPolicy policy() {
        return AdmissionPolicy.VOLUME;
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
