package org.jobcontrol.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.JobEngine;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/** How much memory things take: what many more of them add to all that can be reached. */
final class Sizes {
    private static final int MANY = 2_000;
    private static final Duration LONG = Duration.ofMinutes(5);

    private Sizes() {}

    /** A job object that nobody uses. */
    static double idle() {
        return ClassLayout.parseClass(Thing.jobObjectType()).instanceSize();
    }

    /** The same, with its id and its place in the engine's map. */
    static double byId() {
        try (JobEngine engine = Thing.engine()) {
            JobControl control = Thing.control(engine);
            for (int i = 0; i < MANY; i++) {
                control.of(Thing.domain("a" + i));
            }
            long before = reachable(engine);
            for (int i = 0; i < MANY; i++) {
                control.of(Thing.domain("b" + i));
            }
            return (double) (reachable(engine) - before) / MANY;
        }
    }

    /** A request of beginLater that waits, with its future. */
    static double waiter() throws Exception {
        try (JobEngine engine = Thing.engine()) {
            JobObject jobs = Thing.control(engine).of(Thing.domain("one"));
            List<Object> futures = new ArrayList<>(2 * MANY);
            try (Job job = jobs.begin(JobType.MODIFY, "bench", LONG)) {
                add(jobs, futures);
                long before = reachable(engine);
                add(jobs, futures);
                double each = (double) (reachable(engine) - before) / MANY;
                futures.forEach(future -> ((JobFuture<?>) future).cancel());
                return each;
            }
        }
    }

    private static void add(JobObject jobs, List<Object> futures) {
        for (int i = 0; i < MANY; i++) {
            futures.add(jobs.beginLater(JobType.MODIFY, "bench", LONG));
        }
    }

    private static long reachable(JobEngine engine) {
        return GraphLayout.parseInstance(engine).totalSize();
    }
}
