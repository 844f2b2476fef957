package org.jobcontrol.shell.text;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;

/**
 * Shows jobs while somebody waits for them. On a terminal each has a bar that moves; elsewhere a line
 * is printed when its state changes, and one a second while it runs. Belongs to one thread.
 */
public final class JobLines {
    private static final long DRAW_NANOS = Duration.ofMillis(80).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Screen screen;
    private final Map<Long, Shown> shown = new HashMap<>();
    private long drawn;

    private record Shown(JobState state, long at) {}

    /**
     * Shows nothing yet.
     *
     * @param screen where to
     */
    public JobLines(Screen screen) {
        this.screen = screen;
    }

    /**
     * Shows jobs, unless there is nothing new.
     *
     * @param jobs the jobs, as they are now
     * @param now whether a terminal shows them even if it did a moment ago
     */
    public void show(List<JobInfo> jobs, boolean now) {
        if (!screen.terminal()) {
            screen.lines(jobs.stream()
                    .filter(this::isNews)
                    .map(job -> Bar.of(job).plain())
                    .toList());
        } else if (now || System.nanoTime() - drawn > DRAW_NANOS) {
            screen.live(bars(jobs));
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

    private List<String> bars(List<JobInfo> jobs) {
        List<Bar> bars = jobs.stream().map(Bar::of).toList();
        int nameWidth =
                bars.stream().mapToInt(bar -> Glyphs.width(bar.name())).max().orElse(0);
        int width = screen.width();
        return bars.stream().map(bar -> bar.line(nameWidth, width)).toList();
    }
}
