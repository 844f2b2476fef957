package org.jobcontrol.core.lincheck;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What needs no waiting, from three threads: each scenario's answers must be those that the {@link
 * SequentialModel} gives in some order. Each thread keeps the handles of what it began.
 *
 * <p>It has failed, with two async jobs at once, when {@code take} looked under one hold of the lock
 * whether a job is admissible and granted it under the next.
 */
@Tag("slow")
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "type", gen = IntGen.class, conf = "0:2")
public class LinearizabilityTest {
    /** How many scenarios, and how often each is run. */
    private static final int SCENARIOS = Boolean.getBoolean("stress.long") ? 200 : 20;

    private static final int RUNS = Boolean.getBoolean("stress.long") ? 20_000 : 5_000;
    private static final int THREADS = 8;

    private final @Nullable Job[] jobs = new Job[THREADS];
    private final @Nullable AsyncJob[] asyncs = new AsyncJob[THREADS];
    private final JobObject object;

    public LinearizabilityTest() {
        JobEngine engine = new JobEngine(
                new VirtualClock(), Settings.DEFAULTS, null, type -> JobEngine.NO_BUNDLE);
        Target.addAdapters(engine);
        object = engine.control("lincheck", 1).of(Target.domain("one"));
    }

    @Operation
    public String tryBegin(@Param(name = "thread") int thread, @Param(name = "type") int type) {
        if (jobs[thread] != null) {
            return "has one";
        }
        try {
            jobs[thread] =
                    object.tryBegin(SequentialModel.TYPES.get(type), "lincheck").orElse(null);
        } catch (JobUnavailableException e) {
            return "gone";
        }
        return jobs[thread] == null ? "no" : "yes";
    }

    @Operation
    public boolean end(@Param(name = "thread") int thread) {
        Job job = jobs[thread];
        if (job == null) {
            return false;
        }
        job.close();
        jobs[thread] = null;
        return true;
    }

    @Operation
    public String tryBeginAsync(@Param(name = "thread") int thread) throws InterruptedException {
        if (asyncs[thread] != null) {
            return "has one";
        }
        try {
            asyncs[thread] =
                    object.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, Duration.ZERO);
            return "yes";
        } catch (JobRefusedException e) {
            return e.reason() == Reason.TARGET_GONE ? "gone" : "no";
        }
    }

    @Operation
    public boolean endAsync(@Param(name = "thread") int thread) {
        AsyncJob job = asyncs[thread];
        if (job == null) {
            return false;
        }
        job.close();
        asyncs[thread] = null;
        return true;
    }

    @Operation
    public boolean mask(@Param(name = "thread") int thread, @Param(name = "type") int alone) {
        AsyncJob job = asyncs[thread];
        if (job == null) {
            return false;
        }
        job.mask(JobMask.of(SequentialModel.TYPES.get(alone)));
        return true;
    }

    @Operation
    public boolean abortAsync() {
        return object.abortAsync();
    }

    @Operation
    public void close() {
        object.close();
    }

    @Test
    void operations_underStress_areLinearizable() {
        new StressOptions()
                .sequentialSpecification(SequentialModel.class)
                .iterations(SCENARIOS)
                .invocationsPerIteration(RUNS)
                .threads(3)
                .actorsPerThread(4)
                .check(LinearizabilityTest.class);
        System.out.printf("lincheck: %d scenarios, each run %d times%n", SCENARIOS, RUNS);
    }
}
