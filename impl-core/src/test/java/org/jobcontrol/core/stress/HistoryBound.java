package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/**
 * Threads end jobs. While the bound of the history changes without a pause, none is lost as long as there
 * is room; and when there is no more room, the history is full whenever somebody looks.
 */
public final class HistoryBound {
    private static final int THREADS = 4;

    /** How often the bound changes, and how many jobs each thread ends meanwhile. */
    private static final int CHANGES = 60;

    private static final int ENDS = 1_000;
    private static final int LOOKS = 3_000;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final List<Integer> FULL = List.of(1, 4, 1_024);

    private final JobEngine engine;
    private final JobControl control;
    private final AtomicReference<String> failed = new AtomicReference<>();

    /** How many jobs each thread may have ended by now; it stops at a negative one. */
    private volatile int allowed;

    private HistoryBound(int size) {
        this.engine = new JobEngine(EngineClock.system(), settings(size));
        Target.addAdapters(engine);
        this.control = engine.control("history");
    }

    /** Returns the default settings, with a history of a size. */
    public static Settings settings(int historySize) {
        Settings defaults = Settings.DEFAULTS;
        return new Settings(
                defaults.beginTimeout(),
                defaults.queueMax(),
                historySize,
                defaults.historyAge(),
                defaults.drainTimeout(),
                defaults.stuckWarn(),
                defaults.leakTracking(),
                defaults.overtakingGrace());
    }

    /** Returns what was not remembered, or empty. */
    static Optional<String> violation() throws InterruptedException {
        Optional<String> violation = lost();
        for (int size : FULL) {
            violation = violation.isPresent() ? violation : missing(size);
        }
        return violation;
    }

    private static Optional<String> lost() throws InterruptedException {
        int all = THREADS * CHANGES * ENDS;
        HistoryBound history = new HistoryBound(all);
        try (JobEngine engine = history.engine) {
            List<Thread> threads = history.start(CHANGES * ENDS);
            for (int i = 1; i <= CHANGES; i++) {
                history.allowed = i * ENDS;
                engine.settings(settings(all + i));
            }
            history.join(threads);
            long remembered = history.control.history(all + CHANGES).stream()
                    .mapToLong(JobInfo::id)
                    .distinct()
                    .count();
            return history.failure()
                    .or(() -> Optional.of("of " + all + " jobs it remembers " + remembered)
                            .filter(text -> remembered != all));
        }
    }

    private static Optional<String> missing(int size) throws InterruptedException {
        HistoryBound history = new HistoryBound(size);
        try (JobEngine engine = history.engine) {
            history.allowed = size;
            history.join(history.start(size));
            history.allowed = Integer.MAX_VALUE;
            List<Thread> threads = history.start(Integer.MAX_VALUE);
            Optional<String> violation = Optional.empty();
            for (int i = 0; i < LOOKS && violation.isEmpty(); i++) {
                int remembered = history.control.history(size).size();
                violation = Optional.of("a full history of " + size + " shows " + remembered)
                        .filter(text -> remembered != size);
            }
            history.allowed = -1;
            history.join(threads);
            return violation.or(history::failure);
        }
    }

    private Optional<String> failure() {
        return Optional.ofNullable(failed.get());
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Starts threads that end so many jobs, each on a target of its own. */
    private List<Thread> start(int ends) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            JobObject object = control.of(Target.domain("ends-" + i));
            Thread thread = new Thread(() -> end(object, ends));
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void end(JobObject object, int ends) {
        try {
            for (int i = 0; i < ends && allowed >= 0; ) {
                if (i < allowed) {
                    object.begin(JobType.MODIFY, "ends", LONG).close();
                    i++;
                } else {
                    Thread.yield();
                }
            }
        } catch (JobRefusedException | InterruptedException e) {
            failed.set("a thread failed: " + e);
        }
    }
}
