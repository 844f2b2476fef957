package org.jobcontrol.core.engine;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;

/**
 * A job that is alone ends, without a lock, while another thread takes the lock to wait for it. One of
 * the two must see the other, or nobody would wake the waiter: whatever the processor makes of their
 * order, the job is settled afterwards. Both in the same few nanoseconds, many times.
 */
public final class EndMeetsWaiter {
    private static final int MOST_SPINS = 8;
    private static final int PATIENCE = 1000;

    private final CoreJobObject[] objects;
    private final JobHandle[] jobs;
    private final Admission[] admissions;
    private volatile int ready;
    private volatile int met;
    private volatile int ended;

    private EndMeetsWaiter(JobEngine engine, int rounds) {
        objects = new CoreJobObject[rounds];
        jobs = new JobHandle[rounds];
        admissions = new Admission[rounds];
        Rules rules = new Rules(engine, AdmissionPolicy.LIBVIRT);
        Owner owner = new Owner("test", "test", 1);
        for (int i = 0; i < rounds; i++) {
            objects[i] = new CoreJobObject(TargetId.of("domain", "vm-" + i), rules, null);
            jobs[i] = new JobHandle(objects[i], JobType.MODIFY, "test", owner, null);
            objects[i].enter(jobs[i]);
        }
    }

    /** Returns how it is violated in so many rounds, or empty. */
    public static Optional<String> violation(int rounds, long seed) throws InterruptedException {
        try (JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS)) {
            EndMeetsWaiter race = new EndMeetsWaiter(engine, rounds);
            Thread ender = new Thread(() -> race.end(new SplittableRandom(seed)), "ender");
            ender.start();
            race.lock(new SplittableRandom(~seed));
            ender.join();
            return race.unsettled();
        }
    }

    private void end(SplittableRandom random) {
        for (int i = 0; i < jobs.length; i++) {
            int round = i;
            await(() -> ready > round);
            met = i + 1;
            spin(random);
            jobs[i].close();
            ended = i + 1;
        }
    }

    private void lock(SplittableRandom random) {
        for (int i = 0; i < jobs.length; i++) {
            ready = i + 1;
            int round = i;
            await(() -> met > round);
            spin(random);
            Admission admission = objects[i].lock();
            objects[i].unlock(admission);
            admissions[i] = admission;
            await(() -> ended > round);
        }
    }

    private Optional<String> unsettled() {
        for (int i = 0; i < jobs.length; i++) {
            if (!admissions[i].slots.empty()) {
                return Optional.of(jobs[i] + " has ended, and still holds its slot");
            }
        }
        return Optional.empty();
    }

    /** Spins, as long as the other one has a processor too. */
    private static void await(BooleanSupplier condition) {
        for (int spins = 0; !condition.getAsBoolean(); spins++) {
            if (spins < PATIENCE) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private static void spin(SplittableRandom random) {
        for (int spins = random.nextInt(MOST_SPINS); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}
