package org.jobcontrol.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings.LeakTracking;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One thread begins and ends, and uses one feature more. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Costs {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Progress PROGRESS = Progress.ofData(100, 50);

    private JobEngine plainEngine;
    private JobEngine forgetfulEngine;
    private JobEngine watchingEngine;
    private JobControl control;
    private JobObject plain;
    private JobObject forgetful;
    private JobObject watched;

    @Setup
    public void setUp() {
        plainEngine = Thing.engine();
        forgetfulEngine = Thing.engine(Thing.settings(0, LeakTracking.OFF, Duration.ZERO));
        watchingEngine = Thing.engine(Thing.settings(1000, LeakTracking.SAMPLED, Duration.ZERO));
        control = Thing.control(plainEngine);
        plain = control.of(Thing.domain("plain"));
        forgetful = Thing.control(forgetfulEngine).of(Thing.domain("forgetful"));
        watched = Thing.control(watchingEngine).of(Thing.domain("watched"));
    }

    @TearDown
    public void tearDown() {
        plainEngine.close();
        forgetfulEngine.close();
        watchingEngine.close();
    }

    @Benchmark
    public void asShipped() throws Exception {
        plain.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void withoutHistory() throws Exception {
        forgetful.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void leakTrackingSampled() throws Exception {
        watched.begin(JobType.MODIFY, "bench", LONG).close();
    }

    @Benchmark
    public void call() throws Exception {
        plain.call(JobType.MODIFY, "bench", LONG, Job::id);
    }

    @Benchmark
    public void checkpoint() throws Exception {
        try (Job job = plain.begin(JobType.MODIFY, "bench", LONG)) {
            job.checkpoint();
        }
    }

    @Benchmark
    public void progress() throws Exception {
        try (Job job = plain.begin(JobType.MODIFY, "bench", LONG)) {
            job.progress(PROGRESS);
        }
    }

    @Benchmark
    public void onAbort() throws Exception {
        try (Job job = plain.begin(JobType.MODIFY, "bench", LONG)) {
            job.onAbort(() -> {});
        }
    }

    @Benchmark
    public Object infoOfTheJob() throws Exception {
        try (Job job = plain.begin(JobType.MODIFY, "bench", LONG)) {
            return job.info();
        }
    }

    @Benchmark
    public Object ended() throws Exception {
        try (Job job = plain.begin(JobType.MODIFY, "bench", LONG)) {
            return control.ended(job.id());
        }
    }
}
