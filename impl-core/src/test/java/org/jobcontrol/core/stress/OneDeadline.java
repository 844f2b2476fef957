package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/**
 * A request that waits for two things has one deadline for both. Under a clock that is moved by
 * hand, since on a busy machine nobody can tell late from very late.
 */
final class OneDeadline {
    private OneDeadline() {}

    /** Returns how it is violated, or empty. */
    static Optional<String> violation() {
        VirtualClock clock = new VirtualClock();
        JobEngine engine = new JobEngine(clock, Settings.DEFAULTS);
        Target.addAdapters(engine);
        JobControl control = engine.control("deadline");
        Target pool = Target.pool("images");
        JobObject pools = control.of(pool);
        JobObject volumes = control.of(Target.volume(pool, "a.img"));
        try {
            // The pool is free after 7 of 10 seconds, the volume never.
            Job volume = volumes.begin(JobType.MODIFY, "keep");
            JobFuture<Job> inThePool =
                    pools.beginLater(JobType.MODIFY, "pool", Duration.ofSeconds(7));
            JobFuture<Job> waiter =
                    volumes.beginLater(JobType.MODIFY, "waiter", Duration.ofSeconds(10));
            clock.advance(Duration.ofSeconds(7));
            refusal(inThePool);
            awaitQueued(volumes);
            clock.advance(Duration.ofSeconds(3));
            JobRefusedException refusal = refusal(waiter);
            volume.close();
            return refusal.waited().equals(Duration.ofSeconds(10))
                    ? Optional.empty()
                    : Optional.of("waited " + refusal.waited() + " with a timeout of 10 seconds");
        } catch (JobRefusedException | InterruptedException | ExecutionException e) {
            return Optional.of("failed: " + e);
        } catch (TimeoutException e) {
            return Optional.of("still waits after its deadline");
        }
    }

    private static void awaitQueued(JobObject volumes) throws TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (volumes.info().queue().isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("the request never got to the volume");
            }
            Thread.onSpinWait();
        }
    }

    private static JobRefusedException refusal(JobFuture<Job> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Job> plain = future.toCompletableFuture();
        try {
            Job job = plain.get(5, TimeUnit.SECONDS);
            throw new ExecutionException("admitted: " + job, null);
        } catch (ExecutionException e) {
            return JobRefusedException.in(e).orElseThrow(() -> e);
        }
    }
}
