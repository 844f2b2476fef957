package org.jobcontrol.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;

/**
 * One pool, as all its users share it: what it was defined as, what was last seen of it, and its
 * volumes. Whoever changes something holds the job for it; everybody else reads what is there, and
 * waits for nobody. The lock is a leaf; that of {@link Creations} is taken before it.
 */
final class PoolRecord {
    private final PoolSpec spec;
    private final Creations creations = new Creations();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private PoolInfo info;

    /** By name; kept while the pool is inactive, so that its volumes' job objects are not lost. */
    @GuardedBy("lock")
    private final Map<String, VolumeInfo> volumes = new TreeMap<>();

    PoolRecord(PoolSpec spec) {
        this.spec = spec;
        this.info = new PoolInfo(PoolState.INACTIVE, 0, 0, 0, Instant.now());
    }

    String name() {
        return spec.name();
    }

    PoolSpec spec() {
        return spec;
    }

    TargetId target() {
        return TargetId.of(PoolAdapter.KIND, name());
    }

    Creations creations() {
        return creations;
    }

    PoolInfo info() {
        synchronized (lock) {
            return info;
        }
    }

    /** Returns the volumes by name; none if the pool is not active. */
    List<VolumeInfo> volumes() {
        synchronized (lock) {
            return info.state().active() ? List.copyOf(volumes.values()) : List.of();
        }
    }

    /** Returns a volume that is known, even if the pool is not active. */
    Optional<VolumeInfo> volume(String name) {
        synchronized (lock) {
            return Optional.ofNullable(volumes.get(name));
        }
    }

    /** Remembers what a scan found; returns the names of the volumes that have vanished. */
    List<String> see(PoolInfo seen, List<VolumeInfo> found) {
        return creations.exclusively(() -> replace(seen, found));
    }

    private List<String> replace(PoolInfo seen, List<VolumeInfo> found) {
        synchronized (lock) {
            Set<String> vanished = new TreeSet<>(volumes.keySet());
            info = seen;
            volumes.clear();
            for (VolumeInfo volume : found) {
                volumes.put(volume.name(), volume);
                vanished.remove(volume.name());
            }
            return List.copyOf(vanished);
        }
    }

    /** Remembers and returns how the pool was just now. */
    PoolInfo see(PoolInfo seen) {
        synchronized (lock) {
            info = seen;
        }
        return seen;
    }

    /** Takes over what somebody else has made of the pool, if its driver knows of such. */
    void follow(StorageDriver driver) {
        driver.info(spec).ifPresent(now -> {
            List<VolumeInfo> there = driver.volumes(spec);
            creations.exclusively(() -> follow(now, there));
        });
    }

    private PoolInfo follow(PoolInfo now, List<VolumeInfo> there) {
        synchronized (lock) {
            boolean started = now.state().active() && !info.state().active();
            info = now;
            if (started) {
                // those that vanished meanwhile are found by the next refresh, under a job
                there.forEach(volume -> volumes.putIfAbsent(volume.name(), volume));
            }
            return now;
        }
    }

    /** Remembers that the pool was stopped. */
    void stop() {
        synchronized (lock) {
            info = new PoolInfo(
                    PoolState.INACTIVE,
                    info.capacity(),
                    info.allocation(),
                    info.available(),
                    Instant.now());
        }
    }

    /** Shows a volume that is being made; false if there is one with its name. */
    boolean addBuilding(VolumeSpec spec) {
        VolumeInfo building = new VolumeInfo(
                spec.name(),
                spec.format(),
                spec.capacity(),
                0,
                VolumeState.BUILDING,
                Instant.now());
        synchronized (lock) {
            return volumes.putIfAbsent(spec.name(), building) == null;
        }
    }

    /** Adds a volume that was made. */
    void add(VolumeInfo volume) {
        synchronized (lock) {
            volumes.put(volume.name(), volume);
        }
    }

    /** Remembers and returns how a volume was just now, unless it was removed meanwhile. */
    VolumeInfo see(VolumeInfo volume) {
        synchronized (lock) {
            volumes.computeIfPresent(volume.name(), (name, before) -> volume);
        }
        return volume;
    }

    /** Forgets a volume. */
    void remove(String name) {
        synchronized (lock) {
            volumes.remove(name);
        }
    }
}
