package org.jobcontrol.domain;

import java.util.Map;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.core.engine.JobEngine;

/** Wires domains as Declarative Services do in a framework. */
public final class Wiring {
    private final DomainCatalog catalog = new DomainCatalog();

    /** Makes a catalog and tells an engine of its adapter. */
    public Wiring(JobEngine engine) {
        engine.adapters().add(new DomainAdapter(catalog), DomainAdapter.DOMAIN, 0);
        catalog.jobObjects(JobObjects.of(engine.control("org.jobcontrol.domain")));
    }

    /** Returns the service for a user. */
    public Domains domains(JobControl control) {
        return new DomainsService(catalog, control);
    }

    /** A driver comes. */
    public void add(DomainDriver driver) {
        catalog.addDriver(driver, Map.of());
    }

    /** A driver goes. */
    public void remove(DomainDriver driver) {
        catalog.removeDriver(driver);
    }

    /** A connection is away. */
    public void add(PendingConnection connection) {
        catalog.addPending(connection);
    }

    /** A connection is up, or is not configured any more. */
    public void remove(PendingConnection connection) {
        catalog.removePending(connection);
    }
}
