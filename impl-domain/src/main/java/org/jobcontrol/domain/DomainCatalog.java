package org.jobcontrol.domain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.spi.Recovery;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all users of domains share: the drivers present and the table of domains. Safe for use by
 * many threads.
 *
 * <p>Its lock is a leaf: no driver is called, and nothing is logged, while it is held. A domain
 * outlives its driver: while that is away its operations fail, and when one of its name is back
 * they go on. Immediate, because a component without users would otherwise be dropped, and every
 * record with it.
 *
 * <p>Domains come and go behind our back too. So the table follows what a driver lists: when the
 * driver comes, when somebody wants all domains or one that is not known, and before a domain is
 * defined. The list is made outside the lock, and says nothing of the domains that were defined or
 * undefined here meanwhile.
 *
 * <p>A domain that its driver lists no more is gone: its job object is closed before its name is free.
 * One that it lists under another name, with the same uuid, was renamed: it keeps its old name here,
 * with a closed job object, until the last job on it has ended. So no two jobs meet on it under two
 * names.
 *
 * <p>A domain that two drivers list, as after a migration, is that of the driver where it is active.
 *
 * <p>A name, and a uuid, stands for one domain: the first that came. A second driver's domain of
 * that name or uuid is left out until they are free.
 */
@Component(service = DomainCatalog.class, immediate = true)
public final class DomainCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(DomainCatalog.class);

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, DomainRecord> domains = new TreeMap<>();

    /** The names of domains whose driver is being told to define or undefine them. */
    @GuardedBy("lock")
    private final Set<String> reserved = new HashSet<>();

    /** The names that were defined or undefined while some driver made its list. */
    @GuardedBy("lock")
    private final Set<String> touched = new HashSet<>();

    /** How many lists are being made. */
    @GuardedBy("lock")
    private int listing;

    /** The domains that are left out, so that each is reported once. */
    @GuardedBy("lock")
    private final Set<UUID> leftOut = new HashSet<>();

    /** Highest ranking first; replaced as a whole, while the lock is held. */
    private volatile List<Ranked> drivers = List.of();

    /** The name is asked for once: not while the lock is held. */
    private record Ranked(DomainDriver driver, String name, int ranking) {}

    private volatile Runnable somethingComes = () -> {};
    private final List<PendingConnection> pending = new CopyOnWriteArrayList<>();
    private volatile JobObjects jobObjects = JobObjects.NONE;

    /** Makes a catalog that knows no driver and no domain. */
    @Activate
    public DomainCatalog() {}

    @Reference(
            name = "driver",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addDriver(DomainDriver driver, Map<String, Object> properties) {
        add(driver, properties.get(Constants.SERVICE_RANKING) instanceof Integer rank ? rank : 0);
    }

    void removeDriver(DomainDriver driver) {
        synchronized (lock) {
            drivers = drivers.stream().filter(ranked -> ranked.driver != driver).toList();
            for (DomainRecord domain : domains.values()) {
                if (domain.driver().filter(mine -> mine == driver).isPresent()) {
                    domain.detach();
                }
            }
        }
    }

    @Reference(
            name = "pending",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addPending(PendingConnection connection) {
        pending.add(connection);
    }

    void removePending(PendingConnection connection) {
        pending.remove(connection);
    }

    /** Runs something whenever a driver has come, or a domain was defined, from now on. */
    void whenSomethingComes(Runnable action) {
        somethingComes = action;
    }

    /** Takes over where the job objects of domains are, from now on. */
    void jobObjects(JobObjects objects) {
        jobObjects = objects;
    }

    /** Adds a driver with its domains; the highest ranking defines, or the one that came first. */
    void add(DomainDriver driver, int ranking) {
        Ranked added = new Ranked(driver, driver.name(), ranking);
        synchronized (lock) {
            List<Ranked> all = new ArrayList<>(drivers);
            all.add(added);
            all.sort(Comparator.comparingInt(Ranked::ranking).reversed());
            drivers = List.copyOf(all);
        }
        learn(added);
        somethingComes.run();
    }

    /** Returns by name which drivers are there, and which have a connection that is away. */
    Map<String, Boolean> driverStates() {
        Map<String, Boolean> states = new TreeMap<>();
        pending.forEach(connection -> states.put(connection.name(), false));
        drivers.forEach(driver -> states.put(driver.name, true));
        return Collections.unmodifiableMap(states);
    }

    /** Returns every domain, by name. */
    List<DomainRecord> records() {
        learn();
        synchronized (lock) {
            return List.copyOf(domains.values());
        }
    }

    /** Returns a domain by name or uuid; asks the drivers only if it is not known to be there. */
    Optional<DomainRecord> record(String nameOrUuid) {
        Optional<DomainRecord> known = lookup(nameOrUuid);
        if (known.isPresent()
                && known.get().info().state() != DomainState.NOSTATE
                && !isElsewhereToo(known.get())) {
            return known;
        }
        learn();
        return lookup(nameOrUuid);
    }

    /** Returns whether another driver has listed the domain too: it may run there by now. */
    private boolean isElsewhereToo(DomainRecord domain) {
        synchronized (lock) {
            return leftOut.contains(domain.spec().uuid());
        }
    }

    /** Returns a domain of the table. */
    Optional<DomainRecord> known(String name) {
        synchronized (lock) {
            return Optional.ofNullable(domains.get(name));
        }
    }

    /** Returns the driver of a domain that is still in the table. */
    DomainDriver driver(DomainRecord domain) throws DomainException {
        String name = domain.spec().name();
        if (known(name).filter(domain::equals).isEmpty()) {
            throw new DomainException(Reason.NOT_FOUND, name, "it is not defined any more", null);
        }
        return domain.driver().orElseThrow(() -> {
            String detail = "its driver '" + domain.driverName() + "' is away";
            return new DomainException(Reason.UNSUPPORTED, name, detail, null);
        });
    }

    /**
     * Has the driver of a domain clean up after a job on it: the driver and the domain that are recorded
     * with the job, or those that have the name of its target.
     */
    Recovery recover(InterruptedJob job) throws DomainException, InterruptedException {
        String name = job.attributes().get(DomainDriver.DRIVER_ATTRIBUTE);
        String uuid = job.attributes().get(DomainDriver.UUID_ATTRIBUTE);
        if (name != null && uuid != null) {
            return recover(job, name, UUID.fromString(uuid));
        }
        DomainRecord record = record(job.target().id()).orElse(null);
        if (record == null) {
            return Recovery.later("no driver that is present knows " + job.target());
        }
        DomainDriver driver = record.driver().orElse(null);
        return driver == null
                ? Recovery.later("its driver '" + record.driverName() + "' is away")
                : driver.recover(record.spec().uuid(), job);
    }

    private Recovery recover(InterruptedJob job, String name, UUID uuid)
            throws DomainException, InterruptedException {
        for (Ranked ranked : drivers) {
            if (ranked.name.equals(name)) {
                return ranked.driver.recover(uuid, job);
            }
        }
        return Recovery.later("driver '" + name + "' of the domain with uuid " + uuid + " is away");
    }

    /** Defines a domain with the driver that ranks highest. */
    DomainRecord define(DomainSpec spec) throws DomainException {
        learn();
        Ranked first = drivers.stream().findFirst().orElse(null);
        if (first == null || first.ranking < 0) {
            refuseIfPending(spec.name());
        }
        if (first == null) {
            String detail = "there is no driver for domains";
            throw new DomainException(Reason.UNSUPPORTED, spec.name(), detail, null);
        }
        reserve(spec);
        DomainRecord domain = new DomainRecord(spec, first.driver, first.name);
        boolean defined = false;
        try {
            first.driver.within(Patience.WITHOUT_TIMEOUT).define(spec);
            defined = true;
        } finally {
            release(domain, defined);
        }
        somethingComes.run();
        return domain;
    }

    /** Refuses to define with a built-in driver what was meant for a hypervisor. */
    private void refuseIfPending(String domain) throws DomainException {
        for (PendingConnection connection : pending) {
            String detail = "is not defined: " + connection.name()
                    + " is not connected, and no other driver takes its place";
            throw new DomainException(Reason.UNSUPPORTED, domain, detail, null);
        }
    }

    /**
     * Undefines a domain.
     *
     * @param domain the domain
     * @param driver its driver
     * @param job the MODIFY job
     * @param close closes its job object, before its name is free: a domain that is given it must
     *     not get that one
     */
    void undefine(DomainRecord domain, DomainDriver driver, Job job, Runnable close)
            throws DomainException {
        synchronized (lock) {
            reserved.add(domain.spec().name());
        }
        boolean defined = true;
        try {
            driver.undefine(domain.spec().uuid(), job);
            defined = false;
            close.run();
        } finally {
            release(domain, defined);
        }
    }

    private void reserve(DomainSpec spec) throws DomainException {
        String detail;
        synchronized (lock) {
            DomainRecord other = byUuid(spec.uuid().toString());
            if (domains.containsKey(spec.name()) || reserved.contains(spec.name())) {
                detail = "there is a domain with that name";
            } else if (other != null) {
                detail = "its uuid is that of domain " + other.spec().name();
            } else {
                reserved.add(spec.name());
                return;
            }
        }
        throw new DomainException(Reason.EXISTS, spec.name(), detail, null);
    }

    private void release(DomainRecord domain, boolean defined) {
        String name = domain.spec().name();
        synchronized (lock) {
            reserved.remove(name);
            if (listing > 0) {
                touched.add(name);
            }
            if (defined) {
                domains.put(name, domain);
            } else {
                domains.remove(name, domain);
            }
        }
    }

    private Optional<DomainRecord> lookup(String nameOrUuid) {
        synchronized (lock) {
            DomainRecord named = domains.get(nameOrUuid);
            return Optional.ofNullable(named == null ? byUuid(nameOrUuid) : named);
        }
    }

    @GuardedBy("lock")
    private @Nullable DomainRecord byUuid(String uuid) {
        for (DomainRecord domain : domains.values()) {
            if (domain.spec().uuid().toString().equalsIgnoreCase(uuid)) {
                return domain;
            }
        }
        return null;
    }

    private void learn() {
        drivers.forEach(this::learn);
    }

    /** Brings the table in line with what a driver lists. */
    private void learn(Ranked driver) {
        synchronized (lock) {
            listing++;
        }
        try {
            merge(driver, driver.driver.list());
        } catch (DomainException | RuntimeException e) {
            LOG.warn("driver '{}' cannot tell its domains", driver.name, e);
        } finally {
            synchronized (lock) {
                listing--;
                if (listing == 0) {
                    touched.clear();
                }
            }
        }
    }

    private void merge(Ranked driver, List<DomainSpec> listed) {
        Set<UUID> there = listed.stream().map(DomainSpec::uuid).collect(Collectors.toSet());
        List<DomainRecord> gone = reserveGone(driver, listed);
        // outside the lock: waiting jobs are refused here
        gone.forEach(domain -> jobObjects.close(domain.id()));
        Set<DomainRecord> busy = gone.stream()
                .filter(domain -> there.contains(domain.spec().uuid()))
                .filter(domain -> jobObjects.busy(domain.id()))
                .collect(Collectors.toSet());
        Set<DomainRecord> moved = movedTo(driver, there);
        List<DomainSpec> unheard = new ArrayList<>();
        synchronized (lock) {
            for (DomainRecord domain : gone) {
                reserved.remove(domain.spec().name());
                if (!busy.contains(domain)) {
                    domains.remove(domain.spec().name(), domain);
                }
            }
            if (drivers.contains(driver)) {
                listed.forEach(spec -> add(driver, spec, moved, unheard));
            }
        }
        gone.stream().filter(domain -> !there.contains(domain.spec().uuid())).forEach(domain -> {
            String message = "domain {} ({}) is dropped: driver '{}' lists it no more; its waiting"
                    + " jobs are refused, and its name is free";
            LOG.warn(message, domain.spec().name(), domain.spec().uuid(), driver.name);
        });
        for (DomainSpec spec : unheard) {
            String message = "{} of driver '{}' is left out: its name or uuid is another domain's";
            LOG.warn(message, spec, driver.name);
        }
    }

    /** Takes over a domain that a driver lists. */
    @GuardedBy("lock")
    private void add(
            Ranked driver, DomainSpec spec, Set<DomainRecord> moved, List<DomainSpec> unheard) {
        DomainRecord known = domains.get(spec.name());
        boolean itself = known != null && known.spec().uuid().equals(spec.uuid());
        // of thousands of domains nearly all are as they were: the search is for the rest
        DomainRecord same = itself ? known : byUuid(spec.uuid().toString());
        if (reserved.contains(spec.name()) || touched.contains(spec.name())) {
            return;
        }
        if (known != null && known == same && known.isOf(driver.driver, driver.name)) {
            known.attach(spec, driver.driver);
        } else if (known != null && known == same && moved.contains(known)) {
            known.move(spec, driver.driver, driver.name);
        } else if (known == null && same == null) {
            domains.put(spec.name(), new DomainRecord(spec, driver.driver, driver.name));
        } else if (!waitsForItsName(driver, known, same) && leftOut.add(spec.uuid())) {
            unheard.add(spec);
        }
    }

    /** Returns whether a domain is left out only until jobs under an old name have ended. */
    private static boolean waitsForItsName(
            Ranked driver, @Nullable DomainRecord known, @Nullable DomainRecord same) {
        boolean renamed = same != null && same.isOf(driver.driver, driver.name);
        boolean follows = known != null && known.isOf(driver.driver, driver.name);
        return renamed || follows;
    }

    /** Returns the idle domains of other drivers that are active with this one, and not with theirs. */
    private Set<DomainRecord> movedTo(Ranked driver, Set<UUID> there) {
        List<DomainRecord> others;
        synchronized (lock) {
            others = domains.values().stream()
                    .filter(domain -> there.contains(domain.spec().uuid()))
                    .filter(domain -> !domain.isOf(driver.driver, driver.name))
                    .toList();
        }
        return others.stream()
                .filter(domain -> !domain.info().state().active())
                .filter(domain -> isActive(driver, domain.spec().uuid()))
                .filter(domain -> !jobObjects.busy(domain.id()))
                .collect(Collectors.toSet());
    }

    private static boolean isActive(Ranked driver, UUID domain) {
        try {
            return driver.driver.info(domain).state().active();
        } catch (DomainException e) {
            LOG.debug("domain {} has just gone from driver '{}'", domain, driver.name, e);
            return false;
        }
    }

    /** Reserves the names of a driver's domains that it lists no more, or under another name. */
    private List<DomainRecord> reserveGone(Ranked driver, List<DomainSpec> listed) {
        Map<String, UUID> there = new HashMap<>();
        listed.forEach(spec -> there.put(spec.name(), spec.uuid()));
        List<DomainRecord> gone = new ArrayList<>();
        synchronized (lock) {
            if (!drivers.contains(driver)) {
                return gone;
            }
            for (DomainRecord domain : domains.values()) {
                String name = domain.spec().name();
                boolean mine = domain.isOf(driver.driver, driver.name);
                boolean settled = !reserved.contains(name) && !touched.contains(name);
                if (mine && settled && !domain.spec().uuid().equals(there.get(name))) {
                    reserved.add(name);
                    gone.add(domain);
                }
            }
        }
        return gone;
    }
}
