package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/** Threads take many turns on one target where they may overtake those that wait, for a moment. */
public final class Overtaking {
    private static final int THREADS = 8;
    private static final int TURNS = 20_000;

    /** To be seen inside by another that should not be there. */
    private static final int LONG_ENOUGH = 20;

    private static final Duration LONG = Duration.ofSeconds(30);

    private Overtaking() {}

    /** Returns the default settings, with a grace. */
    public static Settings settings(Duration grace) {
        Settings defaults = Settings.DEFAULTS;
        return new Settings(
                defaults.beginTimeout(),
                defaults.queueMax(),
                defaults.historySize(),
                defaults.historyAge(),
                defaults.drainTimeout(),
                defaults.stuckWarn(),
                defaults.leakTracking(),
                grace);
    }

    /** Returns what went wrong, or empty. */
    public static Optional<String> violation(Duration grace) throws InterruptedException {
        Settings settings = settings(grace);
        AtomicReference<String> violation = new AtomicReference<>();
        try (JobEngine engine = new JobEngine(EngineClock.system(), settings)) {
            Target.addAdapters(engine);
            JobObject object = engine.control("overtaking", 1).of(Target.domain("one"));
            AtomicInteger inside = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(new Thread(() -> turns(object, inside, violation)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return Optional.ofNullable(violation.get());
    }

    private static void turns(
            JobObject object, AtomicInteger inside, AtomicReference<String> violation) {
        for (int i = 0; i < TURNS && violation.get() == null; i++) {
            try (Job job = object.begin(JobType.MODIFY, "turn", LONG)) {
                if (inside.incrementAndGet() != 1) {
                    violation.set("two at once, one of them " + job);
                }
                for (int spins = 0; spins < LONG_ENOUGH; spins++) {
                    Thread.onSpinWait();
                }
                inside.decrementAndGet();
            } catch (JobRefusedException | InterruptedException e) {
                violation.set("no turn: " + e);
            }
        }
    }
}
