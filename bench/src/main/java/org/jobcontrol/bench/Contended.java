package org.jobcontrol.bench;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.core.runtime.jobs.IJobManager;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.engine.Settings.LeakTracking;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Threads begin and end on one target, or each on any of many; the work is empty. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Contended {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int TARGETS = 10_000;

    private JobEngine engine;
    private JobEngine graceEngine;
    private JobObject one;
    private JobObject oneWithGrace;
    private final JobObject[] many = new JobObject[TARGETS];

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock fairLock = new ReentrantLock(true);
    private final Semaphore fairSemaphore = new Semaphore(1, true);
    private final IJobManager eclipse = org.eclipse.core.runtime.jobs.Job.getJobManager();
    private final Uncontended.Rule rule = new Uncontended.Rule();
    private final Uncontended.Rule[] rules = new Uncontended.Rule[TARGETS];

    @Setup
    public void setUp() {
        engine = Thing.engine();
        JobControl control = Thing.control(engine);
        one = control.of(Thing.domain("one"));
        graceEngine = Thing.engine(Thing.settings(
                Settings.DEFAULTS.historySize(), LeakTracking.OFF, Duration.ofMillis(1)));
        oneWithGrace = Thing.control(graceEngine).of(Thing.domain("one"));
        for (int i = 0; i < TARGETS; i++) {
            many[i] = control.of(Thing.domain("many-" + i));
            rules[i] = new Uncontended.Rule();
        }
    }

    @TearDown
    public void tearDown() {
        engine.close();
        graceEngine.close();
    }

    @Benchmark
    public void oneTarget() throws Exception {
        one.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void oneTargetWithGrace() throws Exception {
        oneWithGrace.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void oneReentrantLock() {
        lock.lock();
        lock.unlock();
    }

    @Benchmark
    public void oneFairReentrantLock() {
        fairLock.lock();
        fairLock.unlock();
    }

    @Benchmark
    public void oneFairSemaphore() throws Exception {
        fairSemaphore.acquire();
        fairSemaphore.release();
    }

    @Benchmark
    public void oneEclipseRule() {
        eclipse.beginRule(rule, null);
        eclipse.endRule(rule);
    }

    @Benchmark
    public void manyTargets() throws Exception {
        many[ThreadLocalRandom.current().nextInt(TARGETS)]
                .begin(JobType.MODIFY, "bench", LONG)
                .close();
    }

    @Benchmark
    public void manyEclipseRules() {
        Uncontended.Rule any = rules[ThreadLocalRandom.current().nextInt(TARGETS)];
        eclipse.beginRule(any, null);
        eclipse.endRule(any);
    }
}
