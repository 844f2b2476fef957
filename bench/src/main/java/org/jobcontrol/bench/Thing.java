package org.jobcontrol.bench;

import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/** A target that is nothing but its id. */
interface Thing {
    TargetId id();

    /** A domain. */
    record Domain(TargetId id) implements Thing {}

    /** A pool. */
    record Pool(TargetId id) implements Thing {}

    /** A volume. */
    record Volume(TargetId id) implements Thing {}

    static Thing domain(String name) {
        return new Domain(TargetId.of("domain", name));
    }

    static Thing pool(String name) {
        return new Pool(TargetId.of("pool", name));
    }

    static Thing volume(Thing pool, String name) {
        return new Volume(new TargetId("volume", name, pool.id()));
    }

    /** Starts an engine as it ships, with adapters for things. */
    static JobEngine engine() {
        JobEngine engine =
                new JobEngine(EngineClock.system(), Settings.DEFAULTS, type -> JobEngine.NO_BUNDLE);
        add(engine, Domain.class, "domain", AdmissionPolicy.LIBVIRT);
        add(engine, Pool.class, "pool", AdmissionPolicy.STORAGE_POOL);
        add(engine, Volume.class, "volume", AdmissionPolicy.VOLUME);
        return engine;
    }

    static JobControl control(JobEngine engine) {
        return engine.control("org.jobcontrol.bench", 1);
    }

    private static <T extends Thing> void add(
            JobEngine engine, Class<T> type, String kind, AdmissionPolicy policy) {
        engine.adapters()
                .add(
                        new TargetAdapter<T>() {
                            @Override
                            public Class<T> type() {
                                return type;
                            }

                            @Override
                            public TargetId identify(T thing) {
                                return thing.id();
                            }

                            @Override
                            public AdmissionPolicy policy() {
                                return policy;
                            }
                        },
                        kind,
                        0);
    }
}
