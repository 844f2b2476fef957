package org.jobcontrol.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.core.engine.JobEngine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One thread uses any of so many targets. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Growth {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Param({"1", "100", "10000", "1000000"})
    private int targets;

    private final SplittableRandom random = new SplittableRandom(1);
    private JobEngine engine;
    private JobControl control;
    private Thing[] things;
    private TargetId[] ids;
    private JobObject[] objects;
    private ReentrantLock[] locks;

    @Setup
    public void setUp() {
        engine = Thing.engine();
        control = Thing.control(engine);
        things = new Thing[targets];
        ids = new TargetId[targets];
        objects = new JobObject[targets];
        locks = new ReentrantLock[targets];
        for (int i = 0; i < targets; i++) {
            things[i] = Thing.domain("vm-" + i);
            ids[i] = things[i].id();
            objects[i] = control.of(things[i]);
            locks[i] = new ReentrantLock();
        }
    }

    @TearDown
    public void tearDown() {
        engine.close();
    }

    @Benchmark
    public void begin() throws Exception {
        objects[random.nextInt(targets)].begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public Optional<JobObject> find() {
        return control.find(ids[random.nextInt(targets)]);
    }

    @Benchmark
    public JobObject of() {
        return control.of(things[random.nextInt(targets)]);
    }

    @Benchmark
    public void reentrantLock() {
        ReentrantLock lock = locks[random.nextInt(targets)];
        lock.lock();
        lock.unlock();
    }
}
