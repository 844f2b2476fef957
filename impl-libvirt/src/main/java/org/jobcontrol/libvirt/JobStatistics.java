package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.Set;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.Progress.Amount;

/** libvirt's statistics of a job, as our progress. */
final class JobStatistics {
    /** What {@code JobStats} renders from the job and from the amounts. */
    private static final Set<String> ELSEWHERE = Set.of(
            "operation",
            "time_elapsed",
            "data_total",
            "data_processed",
            "data_remaining",
            "memory_total",
            "memory_processed",
            "memory_remaining",
            "disk_total",
            "disk_processed",
            "disk_remaining",
            "success",
            "errmsg");

    private JobStatistics() {}

    static Progress progress(Map<String, Object> values) {
        Progress.Builder progress = Progress.builder()
                .data(amount(values, "data"))
                .memory(amount(values, "memory"))
                .disk(amount(values, "disk"));
        long rate = number(values, "memory_bps");
        progress.bandwidth(Math.max(0, rate == 0 ? number(values, "disk_bps") : rate));
        values.forEach((name, value) -> {
            if (!ELSEWHERE.contains(name)) {
                progress.parameter(name, value);
            }
        });
        return progress.build();
    }

    /** Returns the progress of a block job, which is about one disk. */
    static Progress ofDisk(long done, long end) {
        Amount amount = Amount.of(Math.max(0, end), Math.max(0, done));
        return Progress.builder().data(amount).disk(amount).build();
    }

    private static Amount amount(Map<String, Object> values, String of) {
        return new Amount(
                number(values, of + "_total"),
                number(values, of + "_processed"),
                number(values, of + "_remaining"));
    }

    static long number(Map<String, Object> values, String name) {
        return values.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
    }
}
