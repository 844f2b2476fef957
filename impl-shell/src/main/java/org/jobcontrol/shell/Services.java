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
    private volatile @Nullable Domains domains;
    private volatile @Nullable StoragePools pools;

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
    void setDomains(Domains service) {
        domains = service;
    }

    void unsetDomains(Domains service) {
        if (domains == service) {
            domains = null;
        }
    }

    @Reference(
            name = "pools",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC)
    void setPools(StoragePools service) {
        pools = service;
    }

    void unsetPools(StoragePools service) {
        if (pools == service) {
            pools = null;
        }
    }

    JobControl control() {
        return control;
    }

    JobAdmin admin() {
        return admin;
    }

    Optional<Domains> domainsIfThere() {
        return Optional.ofNullable(domains);
    }

    Optional<StoragePools> poolsIfThere() {
        return Optional.ofNullable(pools);
    }

    Domains domains() throws CommandException {
        return domainsIfThere()
                .orElseThrow(
                        () -> new CommandException(
                                "there is no service for domains; is the bundle org.jobcontrol.domain started?"));
    }

    StoragePools pools() throws CommandException {
        return poolsIfThere()
                .orElseThrow(
                        () -> new CommandException(
                                "there is no service for pools; is the bundle org.jobcontrol.storage started?"));
    }

    Domain domain(String name) throws CommandException {
        return domains()
                .find(name)
                .orElseThrow(() -> new CommandException("there is no domain " + name));
    }

    StoragePool pool(String name) throws CommandException {
        return pools().find(name)
                .orElseThrow(() -> new CommandException("there is no pool " + name));
    }

    StorageVolume volume(String pool, String name) throws CommandException {
        return pool(pool)
                .volume(name)
                .orElseThrow(() -> new CommandException("there is no volume " + pool + "/" + name));
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
