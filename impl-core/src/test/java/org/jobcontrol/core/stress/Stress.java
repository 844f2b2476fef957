package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EndMeetsWaiter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/**
 * Many threads on a few targets, in epochs: each ends when all its threads have, and then nothing
 * may be held and nobody may wait.
 */
final class Stress {
    private static final int THREADS = 12;
    private static final int OPERATIONS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long INTERRUPT_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("stress");
    private final Checker checker = new Checker();
    private final Target pool = Target.pool("images");
    private final List<Target> targets = List.of(
            Target.domain("web-01"),
            Target.domain("short-lived"),
            pool,
            Target.volume(pool, "a.img"),
            Target.volume(pool, "b.img"));
    /** How often one end meets one waiter. */
    static final int RACES = 1_000_000;

    /** How often somebody looks at a target where turns are taken. */
    static final int LOOKS = 500_000;

    /** After how many parts of that a mutant may have been found. */
    private static final int SERIES = 100;

    private final long seed;
    private volatile boolean watching = true;

    Stress(long seed) {
        this.seed = seed;
        Target.addAdapters(engine);
    }

    /** Returns the first violation, or empty if there was none in so many admissions. */
    Optional<String> run(long admissions) throws InterruptedException {
        Thread watcher = new Thread(this::watch, "watcher");
        watcher.start();
        try {
            for (long epoch = 0; checker.admissions() < admissions; epoch++) {
                epoch(epoch);
                if (checker.violation().isPresent()) {
                    break;
                }
            }
        } finally {
            watching = false;
            watcher.join(PATIENCE.toMillis());
        }
        if (watcher.isAlive()) {
            checker.violated("a look never came back: " + stacks(List.of(watcher)));
        }
        if (checker.violation().isEmpty()) {
            engine.close();
        }
        return checker.violation();
    }

    private void epoch(long epoch) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random =
                    new SplittableRandom(seed ^ (epoch * THREADS + i) * 0x9e3779b9L);
            Worker worker = new Worker(control, checker, targets, random);
            threads.add(new Thread(() -> worker.run(OPERATIONS), "worker-" + i));
        }
        threads.forEach(Thread::start);
        interruptUntilOver(threads, epoch);
        checker.checkOrder();
        awaitIdle();
    }

    private void interruptUntilOver(List<Thread> threads, long epoch) {
        SplittableRandom random = new SplittableRandom(seed + epoch);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            threads.get(random.nextInt(THREADS)).interrupt();
            LockSupport.parkNanos(INTERRUPT_NANOS);
            if (System.nanoTime() > deadline) {
                checker.violated("stuck: " + stacks(threads));
                return;
            }
        }
    }

    /** Looks at every target while the threads work. */
    private void watch() {
        while (watching) {
            for (Target target : targets) {
                JobObjectInfo info = control.of(target).info();
                if (lasts(target) && !info.closed()) {
                    checker.checkNobodyIsLeft(info, target.policy());
                }
            }
            LockSupport.parkNanos(INTERRUPT_NANOS);
        }
    }

    /** Returns whether a target is never closed here: nobody waits for its predecessor. */
    static boolean lasts(Target target) {
        return !(target instanceof Target.Volume) && !target.id().id().equals("short-lived");
    }

    private void awaitIdle() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Target target : targets) {
            JobObject jobs = control.of(target);
            while (checker.violation().isEmpty() && !Checker.idle(jobs.info())) {
                if (System.nanoTime() > deadline) {
                    checker.violated("not given back: " + jobs.info());
                }
                LockSupport.parkNanos(INTERRUPT_NANOS);
            }
        }
    }

    private static String stacks(List<Thread> threads) {
        return threads.stream()
                .filter(Thread::isAlive)
                .map(thread -> thread.getName() + " at "
                        + Arrays.stream(thread.getStackTrace())
                                .limit(12)
                                .map(StackTraceElement::toString)
                                .collect(Collectors.joining(" < ")))
                .collect(Collectors.joining("\n"));
    }

    long admissions() {
        return checker.admissions();
    }

    /**
     * Runs the stress in a process of its own: exits with 0 if nothing was violated, with 1 and the
     * violation if something was.
     *
     * @param arguments how many admissions, and the seed
     */
    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[1]);
        Stress stress = new Stress(seed);
        // What takes no time comes first: under stress, a mutant that it finds may crawl for
        // minutes.
        Optional<String> violation = EndMeetsWaiter.violation(RACES / SERIES, seed);
        if (violation.isEmpty()) {
            violation = stress.run(Long.parseLong(arguments[0]));
        }
        violation = violation.or(OneDeadline::violation);
        if (violation.isEmpty()) {
            violation = HistoryBound.violation();
        }
        for (int i = 1; i < SERIES && violation.isEmpty(); i++) {
            violation = EndMeetsWaiter.violation(RACES / SERIES, seed + i);
        }
        if (violation.isEmpty()) {
            violation = TornLook.violation(LOOKS);
        }
        System.out.println(violation.orElse(stress.admissions() + " admissions, nothing violated"));
        // Threads of a mutant may hang.
        Runtime.getRuntime().halt(violation.isPresent() ? 1 : 0);
    }
}
