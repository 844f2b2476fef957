package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Threads that begin and end sync and async jobs on lamps all the time: with one core until that refuses
 * them, and then with the next.
 */
final class Load implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);
    static final int THREADS = 4;

    /** Fewer than threads, so that some wait. */
    private static final int LAMPS = 2;

    private final ServiceTracker<JobControl, JobControl> controls;
    private final int enough;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private final Queue<Long> asyncJobs = new ConcurrentLinkedQueue<>();
    private final Queue<Reason> refusals = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** Starts the threads. */
    Load(ServiceTracker<JobControl, JobControl> controls, int enough) {
        this.controls = controls;
        this.enough = enough;
        for (int i = 0; i < THREADS; i++) {
            String lamp = "load" + i % LAMPS;
            Thread thread = new Thread(() -> run(lamp), "load-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void run(String lamp) {
        try {
            while (!stopped) {
                untilRefused(controls.waitForService(LONG.toMillis()), lamp);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void untilRefused(JobControl control, String lamp) throws InterruptedException {
        JobObject jobs;
        try {
            jobs = control.of(new Lamp(lamp));
        } catch (IllegalStateException e) {
            // One that is gone says so.
            assertThat(controls.getService()).isNotSameAs(control);
            return;
        }
        try {
            while (!stopped) {
                beginAndEnd(jobs);
                rounds.incrementAndGet();
            }
        } catch (JobRefusedException e) {
            refusals.add(e.reason());
        }
    }

    private void beginAndEnd(JobObject jobs) throws JobRefusedException, InterruptedException {
        try (Job job = jobs.begin(JobType.MODIFY, "load.sync", LONG)) {
            job.onAbort(() -> failures.add(new AssertionError("asked to abort: " + job)));
        }
        try (AsyncJob job = jobs.beginAsync(DomainOperation.DUMP, JobMask.DEFAULT, LONG)) {
            asyncJobs.add(job.id());
            job.phase("half");
        }
    }

    /** Waits until so many more have begun and ended. */
    void awaitEnough() {
        int before = rounds.get();
        await().atMost(LONG).until(() -> rounds.get() >= before + enough);
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(LONG.toMillis());
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(failures).isEmpty();
    }

    List<Reason> refusals() {
        return List.copyOf(refusals);
    }

    /** Returns the async jobs that were begun. */
    List<Long> asyncJobs() {
        return List.copyOf(asyncJobs);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
