package org.jobcontrol.domain;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.api.spi.JobControls;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

/** The domains as one bundle sees them: its jobs run in its name. Only wires. */
@Component(service = Domains.class, scope = ServiceScope.BUNDLE)
public final class DomainsService implements Domains {
    private final DomainCatalog catalog;
    private final JobControl control;

    /**
     * Makes the service for the bundle that asked for it.
     *
     * @param catalog what all bundles share
     * @param controls gives the job control of the bundle
     * @param context tells which bundle it is
     */
    @Activate
    public DomainsService(
            @Reference(name = "catalog") DomainCatalog catalog,
            @Reference(name = "controls") JobControls controls,
            ComponentContext context) {
        this(catalog, controls.forBundle(context.getUsingBundle()));
    }

    DomainsService(DomainCatalog catalog, JobControl control) {
        this.catalog = catalog;
        this.control = control;
    }

    @Override
    public List<Domain> list() {
        return catalog.records().stream().<Domain>map(this::view).toList();
    }

    @Override
    public Optional<Domain> find(String nameOrUuid) {
        Objects.requireNonNull(nameOrUuid, "nameOrUuid");
        return catalog.record(nameOrUuid).map(this::view);
    }

    @Override
    public Map<String, DomainStatistics> statistics(Set<StatisticsGroup> groups) {
        Objects.requireNonNull(groups, "groups");
        return new Survey(groups).of(catalog.records().stream().map(this::view).toList());
    }

    @Override
    public Map<String, Boolean> drivers() {
        return catalog.driverStates();
    }

    @Override
    public Domain define(DomainSpec spec) throws DomainException {
        Objects.requireNonNull(spec, "spec");
        return view(catalog.define(spec));
    }

    private DomainView view(DomainRecord domain) {
        return new DomainView(catalog, domain, control);
    }
}
