package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports running jobs that have shown no progress for long, each once: who owns it, where its thread
 * stands, and whom it keeps waiting. And when it moves on. Safe for use by many threads.
 */
final class StuckWatch {
    /*
     * It looks now and then at what every job shows (Sign), and notes when that was first seen. So a job
     * pays nothing for being watched, and is reported a look later than it is due, at the worst.
     *
     * Locking. The monitor is a leaf: what is to be reported is collected under it, and described and
     * logged afterwards.
     */
    private static final Logger LOG = LoggerFactory.getLogger(StuckWatch.class);
    private static final int LOOKS = 4;
    private static final int NAMED = 10;

    private final JobEngine engine;

    @GuardedBy("this")
    private final Map<Long, Watched> seen = new HashMap<>();

    @GuardedBy("this")
    private EngineClock.@Nullable Timer timer;

    @GuardedBy("this")
    private boolean closed;

    private volatile Duration interval = Duration.ZERO;

    /** All of a job that changes when it gets on. */
    private record Sign(Life life, long progressNanos) {
        static Sign of(JobEntry job) {
            Extras extras = job.extras();
            return new Sign(job.life(), extras == null ? 0 : extras.progressNanos());
        }
    }

    /** What a job showed, since when, and whether that was reported. */
    private record Watched(Sign sign, long since, boolean reported) {}

    StuckWatch(JobEngine engine) {
        this.engine = engine;
    }

    /** Begins to look, or looks as often as the new time needs. */
    synchronized void interval(Duration value) {
        if (!value.equals(interval)) {
            interval = value;
            next();
        }
    }

    synchronized void close() {
        closed = true;
        next();
    }

    private synchronized void next() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (!closed) {
            long due = engine.clock().nanos() + interval.dividedBy(LOOKS).toNanos();
            timer = engine.clock().at(due, () -> engine.execute(this::lookAndGoOn));
        }
    }

    private void lookAndGoOn() {
        try {
            engine.runForeign("the search for jobs that are stuck", this::look);
        } finally {
            next();
        }
    }

    /** Looks at every job once, and reports those that are stuck or move on again. */
    void look() {
        List<Runnable> reports = new ArrayList<>();
        // Not under the monitor: this takes the locks of job objects.
        List<JobEntry> jobs = engine.objects().jobs().stream()
                .filter(job -> job.admitted() && !job.recovering())
                .toList();
        compare(jobs, reports);
        reports.forEach(Runnable::run);
    }

    private synchronized void compare(List<JobEntry> jobs, List<Runnable> reports) {
        long now = engine.clock().nanos();
        Set<Long> running = new HashSet<>();
        for (JobEntry job : jobs) {
            running.add(job.id);
            compare(job, now, reports);
        }
        seen.keySet().retainAll(running);
    }

    @GuardedBy("this")
    private void compare(JobEntry job, long now, List<Runnable> reports) {
        Sign sign = Sign.of(job);
        Watched last = seen.get(job.id);
        if (last == null || !last.sign.equals(sign)) {
            if (last != null && last.reported) {
                // as loud as the report that it ends
                reports.add(() -> LOG.warn("{} moves on", job));
            }
            seen.put(job.id, new Watched(sign, now, false));
        } else if (!last.reported && now - last.since >= interval.toNanos()) {
            seen.put(job.id, new Watched(sign, last.since, true));
            Duration quiet = Duration.ofNanos(now - last.since);
            reports.add(() -> report(job, quiet));
        }
    }

    // ---- the report -----------------------------------------------------------------------------

    private void report(JobEntry job, Duration quiet) {
        LOG.warn(
                "{} is stuck: no progress for {}; it keeps waiting: {}; {}",
                job,
                Duration.ofSeconds(quiet.toSeconds()),
                waiters(job),
                stack(job));
    }

    /** Names the jobs that wait for a job, on its target and on the parent of that. */
    private String waiters(JobEntry job) {
        List<String> waiting = engine.objects().jobs().stream()
                .filter(other -> !other.admitted() && waitsFor(other, job))
                .map(JobSnapshot::of)
                .map(JobInfo::toString)
                .toList();
        if (waiting.isEmpty()) {
            return "nobody";
        }
        String more = waiting.size() > NAMED ? " and " + (waiting.size() - NAMED) + " more" : "";
        return waiting.stream().limit(NAMED).collect(Collectors.joining(", ")) + more;
    }

    private static boolean waitsFor(JobEntry waiter, JobEntry job) {
        Request request = waiter.request();
        if (request == null || request.decided()) {
            return false;
        }
        Hold hold = request.current();
        return hold.object.waitedForBy(hold).contains(job);
    }

    /** Says where the thread is that the job is bound to; else the one that is called like its owner. */
    private static String stack(JobEntry job) {
        Thread bound = job.boundTo();
        String name = job.owner().thread();
        Optional<Thread> owner = bound != null
                ? Optional.of(bound)
                : Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(name))
                        .findFirst();
        return owner.filter(Thread::isAlive)
                .map(StuckWatch::stack)
                .orElse("its thread " + name + " has ended, or is a virtual one");
    }

    private static String stack(Thread thread) {
        StringBuilder text = new StringBuilder(
                "thread " + thread.getName() + " (" + thread.getState() + ") is at");
        for (StackTraceElement frame : Objects.requireNonNull(thread.getStackTrace(), "stack")) {
            text.append("\n\tat ").append(frame);
        }
        return text.toString();
    }
}
