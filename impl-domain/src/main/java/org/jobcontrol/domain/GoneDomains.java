package org.jobcontrol.domain;

import org.jobcontrol.api.JobControl;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Lets the catalog close the job objects of domains that vanish. Only wires. */
@Component(service = GoneDomains.class, immediate = true)
public final class GoneDomains {
    private final DomainCatalog catalog;

    /**
     * Connects the catalog to job control.
     *
     * @param catalog notices that a domain is gone
     * @param control has the job objects
     */
    @Activate
    public GoneDomains(
            @Reference(name = "catalog") DomainCatalog catalog,
            @Reference(name = "control") JobControl control) {
        this.catalog = catalog;
        catalog.jobObjects(JobObjects.of(control));
    }

    @Deactivate
    void stop() {
        catalog.jobObjects(JobObjects.NONE);
    }
}
