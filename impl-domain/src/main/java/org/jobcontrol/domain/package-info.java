/**
 * Domains as targets of jobs. {@link org.jobcontrol.domain.DomainsService} gives each bundle its
 * views ({@link org.jobcontrol.domain.DomainView}) of what all share: the {@link
 * org.jobcontrol.domain.DomainCatalog} of drivers and domains, with one {@link
 * org.jobcontrol.domain.DomainRecord} for each domain. The adapter tells the core what a domain is.
 * {@link org.jobcontrol.domain.TestDriver} is the built-in driver, for simulated guests.
 */
@NullMarked
package org.jobcontrol.domain;

import org.jspecify.annotations.NullMarked;
