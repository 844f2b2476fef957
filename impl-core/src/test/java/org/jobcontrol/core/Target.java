package org.jobcontrol.core;

import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.engine.JobEngine;

/** Bare targets of every policy. */
public sealed interface Target {
    TargetId id();

    record Domain(TargetId id) implements Target {}

    record Pool(TargetId id) implements Target {}

    record Volume(TargetId id) implements Target {}

    static Target domain(String name) {
        return new Domain(TargetId.of("domain", name));
    }

    static Target pool(String name) {
        return new Pool(TargetId.of("pool", name));
    }

    static Target volume(Target pool, String name) {
        return new Volume(new TargetId("volume", name, pool.id()));
    }

    default AdmissionPolicy policy() {
        if (this instanceof Domain) {
            return AdmissionPolicy.LIBVIRT;
        }
        return this instanceof Pool ? AdmissionPolicy.STORAGE_POOL : AdmissionPolicy.VOLUME;
    }

    /** Adds adapters for all of them. */
    static void addAdapters(JobEngine engine) {
        engine.adapters().add(new Adapter<>(Domain.class, AdmissionPolicy.LIBVIRT), "domain", 0);
        engine.adapters().add(new Adapter<>(Pool.class, AdmissionPolicy.STORAGE_POOL), "pool", 0);
        engine.adapters().add(new Adapter<>(Volume.class, AdmissionPolicy.VOLUME), "volume", 0);
    }

    /** Names such a target. */
    record Adapter<T extends Target>(Class<T> type, AdmissionPolicy policy)
            implements TargetAdapter<T> {
        @Override
        public TargetId identify(T target) {
            return target.id();
        }
    }
}
