package org.jobcontrol.app;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;

/**
 * Shows jobs while the demo waits. On a terminal each has a bar that moves; elsewhere a line is
 * printed when its state changes, and one a second while it runs. Belongs to one thread.
 */
final class Watch {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 5;
    private static final long DRAW_NANOS = Duration.ofMillis(80).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(1).toNanos();

    private final JobControl control;
    private final Screen screen;
    private final Map<Long, Shown> shown = new HashMap<>();
    private long drawn;

    private record Shown(JobState state, long at) {}

    Watch(JobControl control, Screen screen) {
        this.control = control;
        this.screen = screen;
    }

    /** Shows jobs until each of them has ended, and leaves their bars. */
    void untilEnded(Long... ids) throws DemoException, InterruptedException {
        until("the end of jobs " + Arrays.toString(ids), () -> ended(ids), ids);
        screen.keep();
    }

    /** Shows jobs until something has happened. */
    void until(String what, BooleanSupplier happened, Long... ids)
            throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new DemoException(what + " did not come within " + Units.time(PATIENCE));
            }
            show(false, ids);
            Thread.sleep(LOOK_MILLIS);
        }
        show(true, ids);
    }

    /** Returns what is known of a job. */
    JobInfo job(long id) {
        return control.job(id)
                .orElseThrow(() -> new IllegalStateException("job #" + id + " is not known"));
    }

    /** Returns how many bytes of its work a job has done. */
    long processed(long id) {
        return job(id).progress().data().processed();
    }

    boolean ended(Long... ids) {
        return Arrays.stream(ids).allMatch(id -> job(id).state() == JobState.FINISHED);
    }

    private void show(boolean now, Long... ids) {
        if (!screen.terminal()) {
            screen.lines(jobs(ids).stream()
                    .filter(this::isNews)
                    .map(job -> Bar.of(job).plain())
                    .toList());
        } else if (now || System.nanoTime() - drawn > DRAW_NANOS) {
            screen.live(bars(jobs(ids)));
            drawn = System.nanoTime();
        }
    }

    private boolean isNews(JobInfo job) {
        Shown last = shown.get(job.id());
        long now = System.nanoTime();
        boolean changed = last == null || last.state() != job.state();
        boolean due =
                last != null && job.state() == JobState.RUNNING && now - last.at() > LINE_NANOS;
        if (changed || due) {
            shown.put(job.id(), new Shown(job.state(), now));
        }
        return changed || due;
    }

    private List<JobInfo> jobs(Long... ids) {
        return Arrays.stream(ids).map(this::job).toList();
    }

    private List<String> bars(List<JobInfo> jobs) {
        List<Bar> bars = jobs.stream().map(Bar::of).toList();
        int nameWidth = bars.stream().mapToInt(bar -> bar.name().length()).max().orElse(0);
        return bars.stream().map(bar -> bar.line(nameWidth, screen.width())).toList();
    }
}
