package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.core.VirtualClock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The meetings on which the engine rests, under a scheduler that switches threads at chosen reads and
 * writes instead of by chance.
 *
 * <p>They have failed: the first when the job object's word was set without comparing it, the second
 * with LOSE_THAT_SOMEBODY_WAITS, the third with HAND_OFF_TO_A_WAITER_THAT_TIMED_OUT.
 */
@Tag("slow")
class ScheduledTest {
    /** How many orders are tried of each. */
    private static final int ORDERS = Boolean.getBoolean("stress.long") ? 20_000 : 1_000;

    private static final JobEngine ENGINE = new JobEngine(new VirtualClock(), Settings.DEFAULTS);
    private static final Rules RULES = new Rules(ENGINE, AdmissionPolicy.LIBVIRT);
    private static final TargetId TARGET = TargetId.of("domain", "one");
    private static final Owner OWNER = new Owner("test", "test", 1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Test
    void two_thatComeToAFreeTarget_areNotBothIn() {
        tried("two come to a free target", () -> {
            CoreJobObject object = new CoreJobObject(TARGET, RULES, null);
            boolean[] in = new boolean[2];
            run(() -> in[0] = object.enter(job(object)), () -> in[1] = object.enter(job(object)));
            check(in[0] != in[1], "both are in, or neither");
        });
    }

    @Test
    void end_thatMeetsTheLock_isSettled() {
        tried("an end meets the lock", () -> {
            CoreJobObject object = new CoreJobObject(TARGET, RULES, null);
            JobHandle job = job(object);
            object.enter(job);
            Admission[] admission = new Admission[1];
            run(job::close, () -> {
                admission[0] = object.lock();
                object.unlock(admission[0]);
            });
            check(admission[0].slots.empty(), "it has ended, and still holds its slot");
        });
    }

    @Test
    void end_thatMeetsADeadline_leavesNothingHeld() {
        tried("an end meets a deadline", () -> {
            CoreJobObject object = new CoreJobObject(TARGET, RULES, null);
            JobHandle first = job(object);
            JobHandle second = job(object);
            object.enter(first);
            Request request = new Request(ENGINE, Thread.currentThread(), TIMEOUT);
            request.add(second, false);
            check(!request.advance(), "it does not wait");
            run(first::close, () -> Waits.expire(request));
            check(request.advance(), "it waits, and nobody is there");
            if (request.admitted()) {
                second.close();
            }
            check(object.enter(job(object)), "something is held");
        });
    }

    private static JobHandle job(CoreJobObject object) {
        return new JobHandle(object, JobType.MODIFY, "test", OWNER, null);
    }

    private static void tried(String what, Runnable meeting) {
        Lincheck.runConcurrentTest(ORDERS, meeting);
        System.out.printf("lincheck: %s, in %d orders%n", what, ORDERS);
    }

    /** Asserts; what the assertion library does would be interleaved too. */
    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private static void run(Runnable... actions) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable action : actions) {
            threads.add(new Thread(action));
        }
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
