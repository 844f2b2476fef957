package org.jobcontrol.shell.text;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.Progress.Amount;

/** What one line shows of a job. */
record Bar(
        String name,
        JobState state,
        Optional<JobOutcome> outcome,
        Amount data,
        long bandwidth,
        Duration waited,
        Duration held) {
    private static final int MAX_BAR = 30;
    private static final int MIN_BAR = 10;
    private static final int PERCENT = 5;
    private static final int PART = 11;
    private static final int RATE = 10;
    private static final int LAST = 16;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    static Bar of(JobInfo job) {
        return new Bar(
                "#" + job.id() + " " + job.operation() + " " + job.target().id(),
                job.state(),
                job.outcome(),
                job.progress().data(),
                job.progress().bandwidth(),
                job.waited(),
                job.held());
    }

    /** Returns the line, with the name in so many columns, so that bars stand below each other. */
    String line(int nameWidth, int width) {
        int bar = width - nameWidth - PERCENT - PART - RATE - LAST - 9;
        boolean rates = bar >= MIN_BAR;
        if (!rates) {
            bar += RATE + 2;
        }
        bar = Math.min(MAX_BAR, bar);
        StringBuilder line = new StringBuilder(pad(name, nameWidth)).append("  ");
        if (measured()) {
            boolean drawn = data.total() > 0 && bar >= MIN_BAR;
            line.append(drawn ? bar(bar) : " ".repeat(Math.max(0, bar)));
            line.append(' ').append(right(data.total() > 0 ? percent() + " %" : "", PERCENT));
            line.append("  ").append(right(part(), PART));
            line.append(rates ? "  " + right(Units.size(rate()) + "/s", RATE) : "")
                    .append("  ");
        } else {
            int blank = Math.max(0, bar) + PERCENT + PART + (rates ? RATE + 2 : 0) + 5;
            line.append(" ".repeat(blank));
        }
        line.append(last());
        return line.length() <= width ? line.toString() : line.substring(0, width);
    }

    /** Returns the same for whoever reads lines and not a terminal. */
    String plain() {
        if (!measured()) {
            return name + ": " + last();
        }
        String percent = data.total() > 0 ? percent() + " %, " : "";
        return name + ": " + percent + part() + ", " + Units.size(rate()) + "/s, " + last();
    }

    /** Returns how much is done, of how much if that is known. */
    private String part() {
        return data.total() > 0
                ? Units.part(data.processed(), data.total())
                : Units.size(data.processed());
    }

    private String bar(int width) {
        int inside = width - 2;
        double done = completed() ? data.total() : Math.min(data.processed(), data.total());
        int full = (int) (inside * done / data.total());
        return "[" + "#".repeat(full) + ".".repeat(inside - full) + "]";
    }

    private boolean measured() {
        return (data.total() > 0 || data.processed() > 0) && state != JobState.WAITING;
    }

    /** Returns whether all is done, whatever was reported last: some is skipped, or counted late. */
    private boolean completed() {
        return outcome.filter(JobOutcome.COMPLETED::equals).isPresent();
    }

    /** Computed in floating point, as bytes times 100 need not fit; 100 only if all is done. */
    private long percent() {
        if (completed() || data.processed() >= data.total()) {
            return 100;
        }
        return Math.min(99, (long) (100.0 * data.processed() / data.total()));
    }

    /** Returns bytes per second: what the job says, or else the mean since it began. */
    private long rate() {
        long nanos = held.toNanos();
        if (bandwidth > 0 && state != JobState.FINISHED) {
            return bandwidth;
        }
        return nanos == 0 ? 0 : (long) ((double) data.processed() * SECOND / nanos);
    }

    private String last() {
        return switch (state) {
            case WAITING -> "waiting " + Units.time(waited);
            case RUNNING -> left();
            case PAUSED -> "paused";
            case ABORTING -> "aborting";
            case RECOVERING -> "recovering";
            case FINISHED ->
                outcome.map(JobOutcome::name).orElse("FINISHED") + " " + Units.time(held);
        };
    }

    private String left() {
        long rate = rate();
        if (rate == 0 || data.total() == 0) {
            return state.name().toLowerCase(Locale.ROOT);
        }
        double seconds = (double) data.remaining() / rate;
        return Units.time(Duration.ofMillis((long) (seconds * 1000))) + " left";
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
