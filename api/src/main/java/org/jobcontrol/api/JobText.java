package org.jobcontrol.api;

import java.util.Locale;

/** Renders a job in the layout of {@code virsh domjobinfo}. */
final class JobText {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private JobText() {}

    static String of(JobInfo info) {
        StringBuilder text = new StringBuilder();
        line(text, "Job type", jobType(info));
        if (info.state() == JobState.WAITING) {
            line(text, "Operation", label(info.operation()));
            number(text, "Time waited", info.waited().toMillis(), "ms");
            return text.toString();
        }
        line(text, "Operation", label(info.operation()));
        number(text, "Time elapsed", info.held().toMillis(), "ms");
        Progress progress = info.progress();
        amount(text, "Data", progress.data());
        amount(text, "Memory", progress.memory());
        amount(text, "File", progress.disk());
        if (progress.bandwidth() > 0) {
            boolean disk = progress.memory().total() == 0;
            line(
                    text,
                    disk ? "File bandwidth" : "Memory bandwidth",
                    size(progress.bandwidth()) + "/s");
        }
        progress.parameters()
                .forEach((name, value) -> line(text, label(name), String.valueOf(value)));
        info.error()
                .ifPresent(
                        error -> line(text, "Error message", String.valueOf(error.getMessage())));
        return text.toString();
    }

    private static String jobType(JobInfo info) {
        return switch (info.state()) {
            case WAITING -> "Waiting";
            case RUNNING, ABORTING -> "Unbounded";
            case PAUSED -> "Paused";
            case RECOVERING -> "Recovering";
            case FINISHED ->
                switch (info.outcome().orElse(JobOutcome.COMPLETED)) {
                    case COMPLETED -> "Completed";
                    case FAILED -> "Failed";
                    case ABORTED -> "Cancelled";
                    case ORPHANED -> "Orphaned";
                };
        };
    }

    /** Returns an operation as people read it; libvirt says migration the other way round. */
    private static String label(String operation) {
        return switch (operation) {
            case "MIGRATION_OUT" -> "Outgoing migration";
            case "MIGRATION_IN" -> "Incoming migration";
            default -> {
                boolean constant = operation.equals(operation.toUpperCase(Locale.ROOT));
                String words = operation.replace('_', ' ');
                yield constant
                        ? words.charAt(0) + words.substring(1).toLowerCase(Locale.ROOT)
                        : words;
            }
        };
    }

    private static void amount(StringBuilder text, String name, Progress.Amount amount) {
        if (!amount.equals(Progress.Amount.NONE)) {
            line(text, name + " processed", size(amount.processed()));
            line(text, name + " remaining", size(amount.remaining()));
            line(text, name + " total", size(amount.total()));
        }
    }

    private static void number(StringBuilder text, String name, long value, String unit) {
        text.append(String.format(Locale.ROOT, "%-17s %-12d %s\n", name + ":", value, unit));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-17s %-12s\n", name + ":", value));
    }

    private static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.3f %s", value, UNITS[unit]);
    }
}
