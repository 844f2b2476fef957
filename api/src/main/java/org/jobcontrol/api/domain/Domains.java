package org.jobcontrol.api.domain;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The service that gives a bundle the domains of every driver present. Jobs that its domains begin
 * run in the name of that bundle.
 */
@ProviderType
public interface Domains {
    /**
     * Returns every domain.
     *
     * @return the domains, by name
     */
    List<Domain> list();

    /**
     * Returns a domain.
     *
     * @param nameOrUuid its name, or its uuid in the usual form
     * @return the domain, or empty if there is none
     */
    Optional<Domain> find(String nameOrUuid);

    /**
     * Defines a domain with the driver of the highest service ranking. It is shut off at first.
     *
     * @param spec what it is to be
     * @return the domain
     * @throws DomainException if there is a domain with that name or uuid, there is no driver, or
     *     the driver refuses
     */
    Domain define(DomainSpec spec) throws DomainException;
}
