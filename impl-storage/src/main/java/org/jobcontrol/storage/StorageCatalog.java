package org.jobcontrol.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers that are there, and the table of pools that all users share. Immediate: without users
 * for a moment, such as while the core is updated, it would be dropped, and every pool with it.
 */
@Component(service = StorageCatalog.class, immediate = true)
public final class StorageCatalog {
    /*
     * Overview. A pool is bound to no driver but to a type; the driver of that type which ranks
     * highest serves. While there is none, the pool stays in the table and its operations fail.
     *
     * Agreement. Others may define pools too, behind a driver's back. So the table is brought in
     * line with what the drivers list when somebody asks for all pools or for one that is not in
     * the table, and before a pool is defined. Drivers are asked outside the lock; what they said
     * counts only if nothing was defined or undefined here meanwhile (changes), and never touches
     * a pool that is being defined or undefined right now (unsettled).
     *
     * Locking. The lock guards the table and the drivers; it is a leaf. No driver is called, and
     * nothing logged, while it is held.
     */
    private static final Logger log = LoggerFactory.getLogger(StorageCatalog.class);

    private record Ranked(int ranking, StorageDriver driver) {}

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Ranked> drivers = new ArrayList<>();

    @GuardedBy("lock")
    private final Map<String, PoolRecord> records = new TreeMap<>();

    @GuardedBy("lock")
    private final Set<String> unsettled = new HashSet<>();

    @GuardedBy("lock")
    private long changes;

    private volatile Runnable somethingComes = () -> {};
    private final List<PendingConnection> pending = new CopyOnWriteArrayList<>();
    private volatile Consumer<TargetId> gone = target -> {};

    /** Makes an empty catalog. */
    @Activate
    public StorageCatalog() {}

    @Reference(
            name = "driver",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "remove")
    void add(StorageDriver driver, Map<String, Object> properties) {
        add(driver, properties.get(Constants.SERVICE_RANKING) instanceof Integer i ? i : 0);
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

    /** Runs something whenever a driver has come, or a pool was defined, from now on. */
    void whenSomethingComes(Runnable action) {
        somethingComes = action;
    }

    /** Takes over what closes the job objects of a pool that is gone, and of its volumes. */
    void whenGone(Consumer<TargetId> action) {
        gone = action;
    }

    /** Adds a driver. */
    void add(StorageDriver driver, int ranking) {
        synchronized (lock) {
            int at = 0;
            while (at < drivers.size() && drivers.get(at).ranking >= ranking) {
                at++;
            }
            drivers.add(at, new Ranked(ranking, driver));
        }
        somethingComes.run();
    }

    /** Removes a driver. Its pools stay, in no known state, until there is one for their type. */
    void remove(StorageDriver driver) {
        synchronized (lock) {
            drivers.removeIf(ranked -> ranked.driver == driver);
        }
    }

    /** Returns every pool, by name. */
    List<PoolRecord> list() {
        refresh();
        synchronized (lock) {
            return List.copyOf(records.values());
        }
    }

    /** Returns the pool with a name. */
    Optional<PoolRecord> find(String name) {
        Objects.requireNonNull(name, "name");
        Optional<PoolRecord> known = record(name);
        if (known.isPresent()) {
            return known;
        }
        refresh();
        return record(name);
    }

    /**
     * Returns the type of the driver that ranks highest.
     *
     * @throws StorageException if that is a built-in one in the place of a hypervisor's, or there is none
     */
    String defaultType(String pool) throws StorageException {
        Ranked first;
        synchronized (lock) {
            first = drivers.isEmpty() ? null : drivers.get(0);
        }
        if (first == null || first.ranking < 0) {
            for (PendingConnection connection : pending) {
                throw refusal(
                        Reason.UNSUPPORTED,
                        pool,
                        "is not defined: " + connection.name()
                                + " is not connected, and no other driver takes its place");
            }
        }
        if (first == null) {
            throw refusal(Reason.UNSUPPORTED, pool, "there is no driver for pools");
        }
        return first.driver.type();
    }

    /** Returns the driver for a type of pool, or empty if it is away. */
    Optional<StorageDriver> driver(String type) {
        return present().stream().filter(driver -> driver.type().equals(type)).findFirst();
    }

    /** Returns the driver of a target, a pool or a volume of one, or empty if it is away. */
    Optional<StorageDriver> driver(TargetId target) {
        TargetId pool = target.parent() == null ? target : target.parent();
        return record(pool.id()).flatMap(record -> driver(record.spec().type()));
    }

    /**
     * Returns the driver of a pool, for whoever was just admitted there.
     *
     * @param record the pool
     * @param active whether it has to be active, or inactive
     * @throws StorageException if it is not, if it is gone, or if its driver is away
     */
    StorageDriver driver(PoolRecord record, boolean active) throws StorageException {
        if (record(record.name()).filter(record::equals).isEmpty()) {
            throw refusal(Reason.NOT_FOUND, record.name(), "was undefined");
        }
        driver(record.spec().type()).ifPresent(record::follow);
        if (record.info().state().active() != active) {
            String detail = active ? "is not active" : "is active";
            throw refusal(Reason.INVALID_STATE, record.name(), detail);
        }
        return driver(record.spec());
    }

    /**
     * Refuses at once what needs an inactive pool: nobody stops it while somebody waits for this.
     *
     * @throws StorageException if the pool is active
     */
    static void checkInactive(PoolRecord record) throws StorageException {
        if (record.info().state().active()) {
            throw refusal(Reason.INVALID_STATE, record.name(), "is active");
        }
    }

    /** Has the driver of a pool clean up after a job on it, or on a volume of it. */
    Recovery recover(InterruptedJob job) throws StorageException {
        TargetId target = job.target();
        TargetId pool = target.parent() == null ? target : target.parent();
        PoolRecord record = find(pool.id()).orElse(null);
        if (record == null) {
            return Recovery.later("no driver that is present knows " + pool);
        }
        StorageDriver driver = driver(record.spec().type()).orElse(null);
        if (driver == null) {
            return Recovery.later("the driver for " + record.spec().type() + " pools is away");
        }
        return target.parent() == null
                ? driver.recover(record.spec(), job)
                : driver.recover(record.spec(), target.id(), job);
    }

    /** Defines a pool with the driver for its type that ranks highest. */
    PoolRecord define(PoolSpec spec) throws StorageException {
        Objects.requireNonNull(spec, "spec");
        refresh();
        StorageDriver driver = driver(spec);
        PoolRecord record = new PoolRecord(spec);
        reserve(spec.name());
        boolean there = false;
        try {
            driver.define(spec);
            there = true;
            return record;
        } finally {
            settle(record, there);
            somethingComes.run();
        }
    }

    /**
     * Undefines a pool that is not active under the job of whoever owns it.
     *
     * @param record the pool
     * @param job the MODIFY job
     * @param forgotten closes the job objects, before the name may be taken again
     */
    void undefine(PoolRecord record, Job job, Runnable forgotten) throws StorageException {
        StorageDriver driver = driver(record, false);
        synchronized (lock) {
            unsettled.add(record.name());
        }
        boolean there = true;
        try {
            driver.undefine(record.spec(), job);
            there = false;
            forgotten.run();
        } finally {
            settle(record, there);
        }
    }

    private Optional<PoolRecord> record(String name) {
        synchronized (lock) {
            return Optional.ofNullable(records.get(name));
        }
    }

    private List<StorageDriver> present() {
        synchronized (lock) {
            return drivers.stream().map(Ranked::driver).toList();
        }
    }

    private StorageDriver driver(PoolSpec spec) throws StorageException {
        return driver(spec.type()).orElseThrow(() -> {
            String types = present().stream()
                    .map(StorageDriver::type)
                    .sorted()
                    .toList()
                    .toString();
            String detail = "there is no driver for type '" + spec.type() + "', only for " + types;
            return refusal(Reason.UNSUPPORTED, spec.name(), detail);
        });
    }

    private void reserve(String name) throws StorageException {
        synchronized (lock) {
            if (!records.containsKey(name) && unsettled.add(name)) {
                return;
            }
        }
        throw refusal(Reason.EXISTS, name, "exists already");
    }

    private void settle(PoolRecord record, boolean there) {
        synchronized (lock) {
            unsettled.remove(record.name());
            if (there) {
                records.put(record.name(), record);
            } else {
                records.remove(record.name());
            }
            changes++;
        }
    }

    private void refresh() {
        long before;
        do {
            synchronized (lock) {
                before = changes;
            }
        } while (!agree(listed(), before));
        List<PoolRecord> all;
        synchronized (lock) {
            all = List.copyOf(records.values());
        }
        all.forEach(record -> driver(record.spec().type()).ifPresent(record::follow));
    }

    /** Returns the pools that drivers list, by type and name; no type of which one cannot tell. */
    private Map<String, Map<String, PoolSpec>> listed() {
        Map<String, Map<String, PoolSpec>> listed = new HashMap<>();
        Set<String> untold = new HashSet<>();
        for (StorageDriver driver : present()) {
            Map<String, PoolSpec> there =
                    listed.computeIfAbsent(driver.type(), type -> new TreeMap<>());
            try {
                driver.list().forEach(spec -> there.putIfAbsent(spec.name(), spec));
            } catch (StorageException | RuntimeException e) {
                log.warn("driver {} cannot list its pools; those known stay", driver.type(), e);
                untold.add(driver.type());
            }
        }
        listed.keySet().removeAll(untold);
        return listed;
    }

    /** Brings the table in line with the drivers; returns false if it changed meanwhile. */
    private boolean agree(Map<String, Map<String, PoolSpec>> listed, long before) {
        List<PoolRecord> vanished = new ArrayList<>();
        synchronized (lock) {
            if (changes != before) {
                return false;
            }
            for (PoolRecord record : records.values()) {
                Map<String, PoolSpec> there = listed.get(record.spec().type());
                boolean known = there == null || there.containsKey(record.name());
                if (!known && unsettled.add(record.name())) {
                    vanished.add(record);
                }
            }
            for (Map<String, PoolSpec> there : listed.values()) {
                for (PoolSpec spec : there.values()) {
                    if (!unsettled.contains(spec.name())) {
                        records.putIfAbsent(spec.name(), new PoolRecord(spec));
                    }
                }
            }
        }
        vanished.forEach(this::forget);
        return true;
    }

    /** Closes the job objects of a pool that its driver lists no more, and frees its name. */
    private void forget(PoolRecord record) {
        try {
            gone.accept(record.target());
        } finally {
            settle(record, false);
            log.warn(
                    "pool {} is dropped: the driver for type '{}' lists it no more; its waiting jobs are"
                            + " refused, and its name is free",
                    record.name(),
                    record.spec().type());
        }
    }

    private static StorageException refusal(Reason reason, String pool, String detail) {
        return new StorageException(reason, pool, null, detail, null);
    }
}
