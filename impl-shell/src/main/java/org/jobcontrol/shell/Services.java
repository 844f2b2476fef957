package org.jobcontrol.shell;

import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.StorageVolume;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.RequireServiceComponentRuntime;

/**
 * What commands work on, found by the words that people type. Domains and storage may be away, as
 * while they are updated: jobs can be looked at all the same.
 */
@RequireServiceComponentRuntime
@Component(service = Services.class)
public final class Services {
    private final JobControl control;
    private final JobAdmin admin;
    private volatile @Nullable Offer<Domains> domains;
    private volatile @Nullable Offer<StoragePools> pools;

    /**
     * A service in two views. Each bundle that uses it has one of its own, and what it begins there are
     * its jobs, which are aborted when it stops. What is to go on in the background must not end because
     * the commands are updated, so it is begun as the jobs of the bundle that does the work.
     *
     * @param service the view of this bundle
     * @param background the view of the bundle that offers the service, or null if that is stopping
     */
    private record Offer<S>(S service, @Nullable S background) {
        static <S> Offer<S> of(S service, ServiceReference<S> reference) {
            BundleContext context = contextOf(reference);
            return new Offer<>(service, context == null ? null : context.getService(reference));
        }

        static void unget(ServiceReference<?> reference) {
            BundleContext context = contextOf(reference);
            if (context != null) {
                context.ungetService(reference);
            }
        }

        private static @Nullable BundleContext contextOf(ServiceReference<?> reference) {
            Bundle bundle = reference.getBundle();
            return bundle == null ? null : bundle.getBundleContext();
        }

        S view(Options.Work how) {
            S own = background;
            return how.background && own != null ? own : service;
        }
    }

    /**
     * Finds nothing but jobs, until the other services come.
     *
     * @param control the jobs
     * @param admin steers them
     */
    @Activate
    public Services(
            @Reference(name = "control") JobControl control,
            @Reference(name = "admin") JobAdmin admin) {
        this.control = control;
        this.admin = admin;
    }

    @Reference(
            name = "domains",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC)
    void setDomains(Domains service, ServiceReference<Domains> reference) {
        domains = Offer.of(service, reference);
    }

    void unsetDomains(Domains service, ServiceReference<Domains> reference) {
        Offer<Domains> known = domains;
        if (known != null && known.service == service) {
            domains = null;
        }
        Offer.unget(reference);
    }

    @Reference(
            name = "pools",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC)
    void setPools(StoragePools service, ServiceReference<StoragePools> reference) {
        pools = Offer.of(service, reference);
    }

    void unsetPools(StoragePools service, ServiceReference<StoragePools> reference) {
        Offer<StoragePools> known = pools;
        if (known != null && known.service == service) {
            pools = null;
        }
        Offer.unget(reference);
    }

    JobControl control() {
        return control;
    }

    JobAdmin admin() {
        return admin;
    }

    Optional<Domains> domainsIfThere() {
        return Optional.ofNullable(domains).map(Offer::service);
    }

    Optional<StoragePools> poolsIfThere() {
        return Optional.ofNullable(pools).map(Offer::service);
    }

    Domains domains() throws CommandException {
        return offer(domains, "domains", "org.jobcontrol.domain").service;
    }

    StoragePools pools() throws CommandException {
        return offer(pools, "pools", "org.jobcontrol.storage").service;
    }

    private static <S> Offer<S> offer(@Nullable Offer<S> offer, String what, String bundle)
            throws CommandException {
        if (offer == null) {
            throw new CommandException(
                    "there is no service for " + what + "; is the bundle " + bundle + " started?");
        }
        return offer;
    }

    Domain domain(String name) throws CommandException {
        return domain(domains(), name);
    }

    /** Returns a domain for a command whose job may go on in the background. */
    Domain domain(String name, Options.Work how) throws CommandException {
        return domain(offer(domains, "domains", "org.jobcontrol.domain").view(how), name);
    }

    private static Domain domain(Domains domains, String name) throws CommandException {
        return domains.find(name)
                .orElseThrow(() -> new CommandException("there is no domain " + name));
    }

    StoragePool pool(String name) throws CommandException {
        return pool(pools(), name);
    }

    /** Returns a pool for a command whose job may go on in the background. */
    StoragePool pool(String name, Options.Work how) throws CommandException {
        return pool(offer(pools, "pools", "org.jobcontrol.storage").view(how), name);
    }

    private static StoragePool pool(StoragePools pools, String name) throws CommandException {
        return pools.find(name).orElseThrow(() -> new CommandException("there is no pool " + name));
    }

    StorageVolume volume(String pool, String name) throws CommandException {
        return volume(pool(pool), name);
    }

    /** Returns a volume for a command whose job may go on in the background. */
    StorageVolume volume(String pool, String name, Options.Work how) throws CommandException {
        return volume(pool(pool, how), name);
    }

    private static StorageVolume volume(StoragePool pool, String name) throws CommandException {
        return pool.volume(name)
                .orElseThrow(() ->
                        new CommandException("there is no volume " + pool.name() + "/" + name));
    }

    /** Refuses a word that is no kind: a list of its targets would be empty and look like an answer. */
    void requireKind(@Nullable String kind) throws CommandException {
        List<String> kinds = Candidates.kinds(this).distinct().toList();
        if (kind != null && !kinds.contains(kind)) {
            throw new CommandException("there is no kind of target '" + kind + "'; there are "
                    + String.join(", ", kinds));
        }
    }

    /** Returns the job object of a target as people name it: a domain's name, {@code pool/volume}. */
    JobObject jobs(String kind, String name) throws CommandException {
        for (var known : control.objects()) {
            if (known.target().toString().equals(kind + " " + name)) {
                return control.find(known.target())
                        .orElseThrow(() -> new CommandException(kind + " " + name + " is gone"));
            }
        }
        return switch (kind) {
            case "domain" -> domain(name).jobs();
            case "pool" -> pool(name).jobs();
            case "volume" -> {
                int slash = name.indexOf('/');
                if (slash < 0) {
                    throw new CommandException(
                            "a volume is named with its pool, POOL/VOLUME, not '" + name + "'");
                }
                yield volume(name.substring(0, slash), name.substring(slash + 1))
                        .jobs();
            }
            default -> {
                requireKind(kind);
                throw new CommandException("no job has been begun on " + kind + " " + name);
            }
        };
    }
}
