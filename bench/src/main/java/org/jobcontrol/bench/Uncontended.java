package org.jobcontrol.bench;

import com.google.common.util.concurrent.Striped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.eclipse.core.runtime.jobs.IJobManager;
import org.eclipse.core.runtime.jobs.ISchedulingRule;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One thread begins and ends, and nobody is in its way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Uncontended {
    private static final Duration LONG = Duration.ofSeconds(30);

    private JobEngine engine;
    private JobObject domain;
    private JobObject held;
    private JobObject pool;
    private JobObject volume;
    private AsyncJob async;

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock fairLock = new ReentrantLock(true);
    private final ReentrantLock lockHeld = new ReentrantLock();
    private final Semaphore fairSemaphore = new Semaphore(1, true);
    private final StampedLock stampedLock = new StampedLock();
    private final Striped<Lock> striped = Striped.lock(64);
    private final IJobManager eclipse = org.eclipse.core.runtime.jobs.Job.getJobManager();
    private final ISchedulingRule rule = new Rule();

    /** A target of Eclipse's. */
    static final class Rule implements ISchedulingRule {
        @Override
        public boolean contains(ISchedulingRule other) {
            return other == this;
        }

        @Override
        public boolean isConflicting(ISchedulingRule other) {
            return other == this;
        }
    }

    @Setup
    public void setUp() throws Exception {
        engine = Thing.engine();
        JobControl control = Thing.control(engine);
        domain = control.of(Thing.domain("free"));
        held = control.of(Thing.domain("held"));
        Thing images = Thing.pool("images");
        pool = control.of(images);
        volume = control.of(Thing.volume(images, "a.img"));
        async = held.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        Thread holder = new Thread(lockHeld::lock);
        holder.start();
        holder.join();
    }

    @TearDown
    public void tearDown() {
        async.close();
        engine.close();
    }

    // ---- ours -----------------------------------------------------------------------------------

    @Benchmark
    public void begin() throws Exception {
        domain.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void beginBesideAsync() throws Exception {
        held.begin(JobType.QUERY, "bench", LONG).close();
    }

    @Benchmark
    public void beginNested() throws Exception {
        async.beginNested("bench", LONG).close();
    }

    @Benchmark
    public void beginAsync() throws Exception {
        domain.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG).close();
    }

    @Benchmark
    public void beginOnPool() throws Exception {
        pool.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void beginOnVolume() throws Exception {
        volume.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void tryBegin() {
        domain.tryBegin(JobType.MODIFY, "bench").orElseThrow().close();
    }

    @Benchmark
    public Optional<Job> tryBeginRefused() {
        return held.tryBegin(JobType.MODIFY, "bench");
    }

    @Benchmark
    public Object info() {
        return held.info();
    }

    // ---- peers ----------------------------------------------------------------------------------

    @Benchmark
    public void reentrantLock() {
        lock.lock();
        lock.unlock();
    }

    @Benchmark
    public boolean reentrantLockRefused() {
        return lockHeld.tryLock();
    }

    @Benchmark
    public void fairReentrantLock() {
        fairLock.lock();
        fairLock.unlock();
    }

    @Benchmark
    public void fairSemaphore() throws Exception {
        fairSemaphore.acquire();
        fairSemaphore.release();
    }

    @Benchmark
    public void stampedLock() {
        stampedLock.unlockWrite(stampedLock.writeLock());
    }

    @Benchmark
    public void stripedLock() {
        Lock one = striped.get(domain);
        one.lock();
        one.unlock();
    }

    @Benchmark
    public void eclipseRule() {
        eclipse.beginRule(rule, null);
        eclipse.endRule(rule);
    }
}
