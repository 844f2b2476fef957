package org.jobcontrol.domain;

import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.core.contract.JobObjectContract;

/** The contract of job objects, for a domain. */
class DomainJobsTest extends JobObjectContract {
    private static final long MEMORY = 1 << 20;

    private final Domains domains;

    DomainJobsTest() {
        DomainCatalog catalog = new DomainCatalog();
        catalog.add(new TestDriver(MEMORY, 0), 0);
        engine.adapters().add(new DomainAdapter(catalog), DomainAdapter.DOMAIN, 0);
        domains = new DomainsService(catalog, control);
    }

    @Override
    protected Object target() throws DomainException {
        return domains.find("web-01").isPresent()
                ? domains.find("web-01").orElseThrow()
                : domains.define(DomainSpec.of("web-01", MEMORY));
    }
}
