package org.jobcontrol.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;

/** What one step takes on a pool on whose volumes many jobs run, and many wait. */
final class Crowds {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Of so many steps the median counts; a crowd gives a tenth of its size, so small ones are many. */
    private static final int STEPS = 1_000;

    private static final int GROUPS = 11;

    private final JobControl control;
    private final Thing images = Thing.pool("images");
    private final JobObject pool;
    private final List<Job> running = new ArrayList<>();
    private final List<JobFuture<Job>> waiting = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private int volumes;

    /** Measures steps in a crowd of a size. */
    @FunctionalInterface
    private interface Measure {
        void in(Crowds crowd, int size) throws Exception;
    }

    private Crowds(JobEngine engine) {
        control = Thing.control(engine);
        pool = control.of(images);
    }

    /** Returns the median of what the end of a job takes while so many others run. */
    static double end(int size) throws Exception {
        return median(size, (crowd, jobs) -> {
            crowd.run(jobs);
            crowd.endYoungest(jobs / 10);
        });
    }

    /** The same while as many wait, behind one that waits for all that run. */
    static double endBeforeWaiters(int size) throws Exception {
        return median(size, (crowd, jobs) -> {
            crowd.run(jobs);
            crowd.await(crowd.pool);
            for (int i = 0; i < jobs; i++) {
                crowd.await(crowd.volume());
            }
            crowd.endYoungest(jobs / 10);
        });
    }

    /** Returns the median of what it takes to begin to wait there without a thread. */
    static double queue(int size) throws Exception {
        return median(size, (crowd, jobs) -> {
            crowd.run(jobs);
            crowd.await(crowd.pool);
            for (int i = 0; i < jobs / 10; i++) {
                JobObject volume = crowd.volume();
                crowd.time(() -> crowd.await(volume));
            }
        });
    }

    /** Returns the median of what a refusal takes that so many jobs are the reason of. */
    static double refusal(int size) throws Exception {
        return median(size, (crowd, jobs) -> {
            crowd.run(jobs);
            for (int i = 0; i < jobs / 10; i++) {
                crowd.time(crowd::beRefused);
            }
        });
    }

    /** Returns the median of what it takes to leave the queue from behind so many. */
    static double leave(int size) throws Exception {
        return median(size, (crowd, jobs) -> {
            crowd.running.add(crowd.pool.begin(JobType.MODIFY, "bench", LONG));
            for (int i = 0; i < jobs; i++) {
                crowd.await(crowd.volume());
            }
            for (int i = 0; i < jobs / 10; i++) {
                JobFuture<Job> last = crowd.waiting.remove(crowd.waiting.size() - 1);
                crowd.time(last::cancel);
            }
        });
    }

    /** Returns what each job of a group of a size takes, begun and closed. */
    static double group(int size) throws Exception {
        double best = Double.MAX_VALUE;
        try (JobEngine engine = Thing.engine()) {
            Crowds crowd = new Crowds(engine);
            List<JobRequest> requests = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                requests.add(JobRequest.of(crowd.volume(), JobType.MODIFY, "bench"));
            }
            for (int i = 0; i < GROUPS; i++) {
                long before = System.nanoTime();
                crowd.control.beginAll(requests, LONG).close();
                best = Math.min(best, (double) (System.nanoTime() - before) / size);
            }
        }
        return best;
    }

    private static double median(int size, Measure measure) throws Exception {
        List<Long> nanos = new ArrayList<>();
        while (nanos.size() < STEPS) {
            try (JobEngine engine = Thing.engine()) {
                Crowds crowd = new Crowds(engine);
                measure.in(crowd, size);
                nanos.addAll(crowd.nanos);
                crowd.leave();
            }
        }
        nanos.sort(null);
        return nanos.get(nanos.size() / 2);
    }

    // ---- a crowd --------------------------------------------------------------------------------

    private JobObject volume() {
        return control.of(Thing.volume(images, "v" + volumes++));
    }

    private void run(int jobs) throws Exception {
        for (int i = 0; i < jobs; i++) {
            running.add(volume().beginLater(JobType.MODIFY, "bench", LONG).await());
        }
    }

    private JobFuture<Job> await(JobObject object) {
        JobFuture<Job> later = object.beginLater(JobType.MODIFY, "bench", LONG);
        waiting.add(later);
        return later;
    }

    private void endYoungest(int jobs) throws Exception {
        for (int i = 0; i < jobs; i++) {
            Job youngest = running.remove(running.size() - 1);
            time(() -> {
                youngest.close();
                return youngest;
            });
        }
    }

    private JobRefusedException beRefused() throws InterruptedException {
        try (Job job = pool.begin(JobType.MODIFY, "bench", Duration.ZERO)) {
            throw new IllegalStateException("admitted beside others: " + job);
        } catch (JobRefusedException e) {
            return e;
        }
    }

    private void time(Callable<?> step) throws Exception {
        long before = System.nanoTime();
        step.call();
        nanos.add(System.nanoTime() - before);
    }

    private void leave() {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            waiting.get(i).cancel();
        }
        running.forEach(Job::close);
    }
}
