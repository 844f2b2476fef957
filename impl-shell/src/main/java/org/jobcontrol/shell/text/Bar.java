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
    private static final String GAP = "  ";
    private static final String CUT = "..";
    private static final int MAX_BAR = 30;
    private static final int MIN_BAR = 10;
    private static final int PERCENT = 5;
    private static final int PART = 11;
    private static final int RATE = 10;
    private static final int LAST = 16;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    static Bar of(JobInfo job) {
        return new Bar(
                Glyphs.printable("#" + job.id() + " " + job.operation() + " "
                        + job.target().id()),
                job.state(),
                job.outcome(),
                job.progress().data(),
                job.progress().bandwidth(),
                job.waited(),
                job.held());
    }

    /**
     * Returns the line, with the name in so many columns, so that bars stand below each other. Where
     * not all fits, the rate is left out first, then the bar, the bytes and the percentage. The name
     * is cut only if it does not even fit beside the last column.
     */
    String line(int nameWidth, int width) {
        String last = last();
        String middle = middle(width - nameWidth - LAST - 2 * GAP.length());
        int free = width - nameWidth - GAP.length() - last.length();
        if (middle.isEmpty() && measured() && free >= PERCENT + GAP.length()) {
            middle = percentColumn();
        }
        String end = middle.isEmpty() ? GAP + last : GAP + middle + GAP + last;
        int begin = Math.max(0, Math.min(nameWidth, width - end.length()));
        return Glyphs.cut(Glyphs.fit(name, begin, CUT) + end, width);
    }

    /** Returns what stands between the name and the last column: as much as fits, or blanks. */
    private String middle(int space) {
        int rest = 1 + PERCENT + GAP.length() + PART;
        int rates = GAP.length() + RATE;
        StringBuilder middle = new StringBuilder();
        if (space >= MIN_BAR + rest) {
            boolean all = space >= MIN_BAR + rest + rates;
            int width = Math.min(MAX_BAR, space - rest - (all ? rates : 0));
            middle.append(data.total() > 0 ? bar(width) : " ".repeat(width)).append(' ');
            middle.append(percentColumn()).append(GAP).append(right(part(), PART));
            middle.append(all ? GAP + right(Units.size(rate()) + "/s", RATE) : "");
        } else if (space >= rest - 1) {
            middle.append(percentColumn()).append(GAP).append(right(part(), PART));
        } else if (space >= PERCENT) {
            middle.append(percentColumn());
        }
        return measured() ? middle.toString() : " ".repeat(middle.length());
    }

    private String percentColumn() {
        return right(data.total() > 0 ? percent() + " %" : "", PERCENT);
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

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
