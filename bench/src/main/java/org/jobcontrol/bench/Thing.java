package org.jobcontrol.bench;

import java.time.Duration;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.engine.Settings.LeakTracking;
import org.jspecify.annotations.Nullable;

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
        return engine(Settings.DEFAULTS);
    }

    /** Starts an engine with other settings, with adapters for things. */
    static JobEngine engine(Settings settings) {
        return engine(settings, null);
    }

    /** Starts an engine that records its jobs, with adapters for things. */
    static JobEngine engine(Settings settings, @Nullable JobJournal journal) {
        JobEngine engine =
                new JobEngine(EngineClock.system(), settings, journal, type -> JobEngine.NO_BUNDLE);
        add(engine, Domain.class, "domain", AdmissionPolicy.LIBVIRT);
        add(engine, Pool.class, "pool", AdmissionPolicy.STORAGE_POOL);
        add(engine, Volume.class, "volume", AdmissionPolicy.VOLUME);
        return engine;
    }

    /** Returns the settings as shipped, but for these. */
    static Settings settings(int historySize, LeakTracking leakTracking, Duration grace) {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                shipped.queueMax(),
                historySize,
                shipped.historyAge(),
                shipped.drainTimeout(),
                shipped.stuckWarn(),
                leakTracking,
                grace);
    }

    /** Returns the class of what stands beside each target; it is the engine's own. */
    static Class<?> jobObjectType() {
        try {
            return Class.forName("org.jobcontrol.core.engine.CoreJobObject");
        } catch (ClassNotFoundException e) {
            throw new LinkageError("the engine's job object has another name", e);
        }
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
