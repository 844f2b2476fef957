package org.jobcontrol.domain;

import org.jobcontrol.api.spi.JobControls;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Has interrupted jobs recovered that had to wait for their domain, or its driver. Apart from the adapter,
 * which the core must have before it is complete.
 */
@Component(service = LateRecoveries.class, immediate = true)
public final class LateRecoveries {
    private final DomainCatalog catalog;

    /**
     * Begins to hear of drivers and domains.
     *
     * @param catalog tells when one comes
     * @param controls recovers
     */
    @Activate
    public LateRecoveries(
            @Reference(name = "catalog") DomainCatalog catalog,
            @Reference(name = "controls") JobControls controls) {
        this.catalog = catalog;
        Runnable recover = () -> controls.recover(DomainAdapter.DOMAIN);
        catalog.whenSomethingComes(recover);
        // One may have come before.
        recover.run();
    }

    @Deactivate
    void stop() {
        catalog.whenSomethingComes(() -> {});
    }
}
