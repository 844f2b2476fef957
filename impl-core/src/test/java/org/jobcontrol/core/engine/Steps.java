package org.jobcontrol.core.engine;

import static org.jobcontrol.api.JobType.MODIFY;

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
import org.jobcontrol.core.Target;
import org.jobcontrol.core.VirtualClock;

/**
 * Counts how many other jobs the engine looks at in one operation on a crowded pool. Only an engine that
 * {@link StepsTest} has compiled calls {@link #step}; it runs this in a process of its own.
 */
public final class Steps {
    private static final Duration LONG = Duration.ofSeconds(30);

    private static Thread counted;
    private static long steps;

    private final Target images = Target.pool("images");
    private final JobControl control;
    private final JobObject pool;
    private final List<Job> running = new ArrayList<>();
    private final List<JobFuture<Job>> waiting = new ArrayList<>();
    private final int size;
    private int volumes;

    private Steps(int size) {
        JobEngine engine = new JobEngine(new VirtualClock(), Settings.DEFAULTS);
        Target.addAdapters(engine);
        this.control = engine.control("steps");
        this.pool = control.of(images);
        this.size = size;
    }

    /** Counts a step of the thread whose steps are counted. */
    static void step() {
        if (Thread.currentThread() == counted) {
            steps++;
        }
    }

    /**
     * Prints the steps of each operation, one a line.
     *
     * @param sizes how many jobs there are
     * @throws Exception if an operation fails
     */
    public static void main(String[] sizes) throws Exception {
        for (String size : sizes) {
            print("end", size, new Steps(Integer.parseInt(size)).end(false));
            print("endBeforeWaiters", size, new Steps(Integer.parseInt(size)).end(true));
            print("queue", size, new Steps(Integer.parseInt(size)).queue());
            print("refusal", size, new Steps(Integer.parseInt(size)).refusal());
            print("leave", size, new Steps(Integer.parseInt(size)).leave());
            print("groupOfAll", size, new Steps(Integer.parseInt(size)).group());
            print("closeOfAll", size, new Steps(Integer.parseInt(size)).close());
        }
        System.exit(0);
    }

    private static void print(String operation, String size, long counted) {
        System.out.println(operation + " " + size + " " + counted);
    }

    private static long count(Callable<?> operation) throws Exception {
        steps = 0;
        counted = Thread.currentThread();
        operation.call();
        counted = null;
        return steps;
    }

    // ---- operations -----------------------------------------------------------------------------

    private long end(boolean waiters) throws Exception {
        run();
        if (waiters) {
            await(pool);
            waitOnVolumes();
        }
        Job job = running.get(size / 2);
        return count(() -> {
            job.close();
            return job;
        });
    }

    private long queue() throws Exception {
        run();
        await(pool);
        JobObject volume = volume();
        return count(() -> await(volume));
    }

    private long refusal() throws Exception {
        run();
        return count(() -> {
            try (Job job = pool.begin(MODIFY, "late", Duration.ZERO)) {
                throw new IllegalStateException("admitted beside others: " + job);
            } catch (JobRefusedException e) {
                return e;
            }
        });
    }

    private long leave() throws Exception {
        running.add(pool.begin(MODIFY, "alone"));
        waitOnVolumes();
        return count(waiting.get(size - 1)::cancel);
    }

    private long group() throws Exception {
        List<JobRequest> requests = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            requests.add(JobRequest.of(volume(), MODIFY, "together"));
        }
        return count(() -> {
            control.beginAll(requests, LONG).close();
            return requests;
        });
    }

    private long close() throws Exception {
        run();
        for (int i = 0; i < size; i++) {
            await(pool);
        }
        return count(() -> {
            pool.close();
            return pool;
        });
    }

    // ---- the crowd ------------------------------------------------------------------------------

    private void run() throws Exception {
        for (int i = 0; i < size; i++) {
            running.add(volume().beginLater(MODIFY, "runs", LONG).await());
        }
    }

    private void waitOnVolumes() {
        for (int i = 0; i < size; i++) {
            await(volume());
        }
    }

    private JobFuture<Job> await(JobObject object) {
        JobFuture<Job> later = object.beginLater(MODIFY, "waits", LONG);
        waiting.add(later);
        return later;
    }

    private JobObject volume() {
        return control.of(Target.volume(images, "v" + volumes++));
    }
}
