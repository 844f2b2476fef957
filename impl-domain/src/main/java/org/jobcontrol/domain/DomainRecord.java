package org.jobcontrol.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one domain, shared by the views of all users: what it was defined as, its
 * driver, and what was last seen of it. Safe for use by many threads. The catalog decides who
 * drives it, the jobs decide who changes what when, this only keeps it.
 */
final class DomainRecord {
    private final TargetId id;
    private volatile Driven driven;
    private volatile DomainInfo last;
    private volatile DomainStatistics statistics = new DomainStatistics(Map.of(), Instant.EPOCH);

    /** The driver is null while it is away; the name tells which one to wait for. */
    private record Driven(
            DomainSpec spec,
            String driverName,
            AdmissionPolicy policy,
            @Nullable DomainDriver driver) {}

    DomainRecord(DomainSpec spec, DomainDriver driver, String driverName) {
        this.id = TargetId.of(DomainAdapter.DOMAIN, spec.name());
        this.driven = new Driven(spec, driverName, driver.policy(), driver);
        this.last = new DomainInfo(
                DomainState.NOSTATE, spec.memory(), spec.memory(), spec.vcpus(), Instant.now());
    }

    DomainSpec spec() {
        return driven.spec;
    }

    TargetId id() {
        return id;
    }

    /** Returns the driver, or empty while it is away. */
    Optional<DomainDriver> driver() {
        return Optional.ofNullable(driven.driver);
    }

    String driverName() {
        return driven.driverName;
    }

    /** Returns the rules that the driver gives for the domain's jobs. */
    AdmissionPolicy policy() {
        return driven.policy;
    }

    /** Returns whether a driver is the domain's, or has the name of the one that went away. */
    boolean isOf(DomainDriver driver, String name) {
        Driven now = driven;
        return now.driver == driver || (now.driver == null && now.driverName.equals(name));
    }

    /** Notes who drives the domain, and what it is by now. For the catalog, under its lock. */
    void attach(DomainSpec spec, DomainDriver driver) {
        driven = new Driven(spec, driven.driverName, driver.policy(), driver);
    }

    /** Notes that another driver has the domain from now on. For the catalog, under its lock. */
    void move(DomainSpec spec, DomainDriver driver, String driverName) {
        driven = new Driven(spec, driverName, driver.policy(), driver);
    }

    /** Notes that the driver went away. For the catalog, under its lock. */
    void detach() {
        Driven now = driven;
        driven = new Driven(now.spec, now.driverName, now.policy, null);
    }

    /** Takes over what was seen of the domain. */
    void seen(DomainInfo seen) {
        last = seen;
    }

    /** Takes over statistics that were asked for. */
    void seen(DomainStatistics seen) {
        statistics = seen;
    }

    /** Returns the statistics last seen; none, of 1970, if there never were any. */
    DomainStatistics statistics() {
        return statistics;
    }

    /** Returns what the driver last saw of the domain; in no known state if it cannot tell. */
    DomainInfo info() {
        DomainDriver driver = driven.driver;
        if (driver != null) {
            try {
                DomainInfo now = driver.info(spec().uuid());
                last = now;
                return now;
            } catch (DomainException e) {
                // gone, or out of reach: whoever begins an operation is told which
            }
        }
        DomainInfo was = last;
        return new DomainInfo(
                DomainState.NOSTATE, was.memory(), was.maxMemory(), was.vcpus(), was.asOf());
    }
}
