package org.jobcontrol.api.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
     * Returns statistics of every domain, without waiting: where a QUERY job is admitted at once they
     * are of now, elsewhere they are those last seen, and their instant says of when.
     *
     * @param groups about what
     * @return the values by the domain's name; empty ones where none were ever seen
     */
    Map<String, DomainStatistics> statistics(Set<StatisticsGroup> groups);

    /**
     * Returns the drivers of domains: those that are there, and those whose configured connection is not
     * there now.
     *
     * @return by the driver's name, whether it is there
     */
    Map<String, Boolean> drivers();

    /**
     * Defines a domain with the driver of the highest service ranking. It is shut off at first. Waits for
     * the hypervisor's answer for ten seconds at most.
     *
     * @param spec what it is to be
     * @return the domain
     * @throws DomainException if there is a domain with that name or uuid, there is no driver, or
     *     the driver refuses; also if the hypervisor has not answered in that time, and then {@link
     *     DomainException#inFlight} completes when it has, and the domain may still be defined
     */
    Domain define(DomainSpec spec) throws DomainException;
}
