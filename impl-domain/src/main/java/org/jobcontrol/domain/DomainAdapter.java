package org.jobcontrol.domain;

import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells the core what a domain is, and passes aborts and looks at progress to its driver. */
@Component(
        service = TargetAdapter.class,
        property = TargetAdapter.KIND + "=" + DomainAdapter.DOMAIN)
public final class DomainAdapter implements TargetAdapter<Domain> {
    static final String DOMAIN = "domain";

    private final DomainCatalog catalog;

    /**
     * Makes the adapter.
     *
     * @param catalog knows the drivers
     */
    @Activate
    public DomainAdapter(@Reference(name = "catalog") DomainCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Class<Domain> type() {
        return Domain.class;
    }

    @Override
    public TargetId identify(Domain domain) {
        return TargetId.of(DOMAIN, domain.name());
    }

    @Override
    public AdmissionPolicy policy() {
        return AdmissionPolicy.LIBVIRT;
    }

    @Override
    public AdmissionPolicy policy(Domain domain) {
        return catalog.known(domain.name())
                .map(DomainRecord::policy)
                .orElse(AdmissionPolicy.LIBVIRT);
    }

    @Override
    public void abort(TargetId domain, JobInfo job) {
        catalog.known(domain.id())
                .ifPresent(record -> record.driver()
                        .ifPresent(driver -> driver.abort(record.spec().uuid(), job)));
    }

    @Override
    public Optional<Progress> progress(TargetId domain, JobInfo job) {
        return catalog.known(domain.id())
                .flatMap(record -> record.driver()
                        .flatMap(driver -> driver.progress(record.spec().uuid(), job)));
    }

    @Override
    public Recovery recover(InterruptedJob job) throws DomainException, InterruptedException {
        return catalog.recover(job);
    }
}
