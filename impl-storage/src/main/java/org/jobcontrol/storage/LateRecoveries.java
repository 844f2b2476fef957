package org.jobcontrol.storage;

import org.jobcontrol.api.spi.JobControls;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Has interrupted jobs recovered that had to wait for their pool, or its driver. Apart from the adapters,
 * which the core must have before it is complete.
 */
@Component(service = LateRecoveries.class, immediate = true)
public final class LateRecoveries {
    private final StorageCatalog catalog;

    /**
     * Begins to hear of drivers and pools.
     *
     * @param catalog tells when one comes
     * @param controls recovers
     */
    @Activate
    public LateRecoveries(
            @Reference(name = "catalog") StorageCatalog catalog,
            @Reference(name = "controls") JobControls controls) {
        this.catalog = catalog;
        Runnable recover = () -> {
            controls.recover(PoolAdapter.KIND);
            controls.recover(VolumeAdapter.KIND);
        };
        catalog.whenSomethingComes(recover);
        // One may have come before.
        recover.run();
    }

    @Deactivate
    void stop() {
        catalog.whenSomethingComes(() -> {});
    }
}
