package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.DomainOperation;

/**
 * Recognizes a job of libvirt, which has no number there: by its operation, and by when it began. Times
 * are compared as durations until now, so the clock of another host does not matter.
 */
final class JobIdentity {
    private JobIdentity() {}

    /**
     * Returns whether statistics are those of a job that one call of ours began. A job that runs for
     * longer than our call has lasted was begun by another call.
     *
     * @param statistics what libvirt says of the job that runs, or has just ended
     * @param operation what our call does
     * @param calledNanos when our call began, by {@link System#nanoTime}
     */
    static boolean isOfCall(
            Map<String, Object> statistics, DomainOperation operation, long calledNanos) {
        return isOf(statistics, operation) && elapsed(statistics) <= millisSince(calledNanos) + 1;
    }

    /**
     * Returns whether two statistics are of the same job: it does the same, and ran already when the
     * first were seen.
     *
     * @param seen what libvirt said then
     * @param seenNanos when that was, by {@link System#nanoTime}
     * @param statistics what libvirt says now
     */
    static boolean isSame(
            Map<String, Object> seen, long seenNanos, Map<String, Object> statistics) {
        return operation(seen) == operation(statistics)
                && elapsed(statistics) + 1 >= millisSince(seenNanos);
    }

    /** Returns whether statistics are those of a job with an operation. */
    static boolean isOf(Map<String, Object> statistics, DomainOperation operation) {
        return operation(statistics) == operation.libvirtCode();
    }

    private static long operation(Map<String, Object> statistics) {
        return JobStatistics.number(statistics, "operation");
    }

    /** Returns for how many milliseconds a job has run. */
    static long elapsed(Map<String, Object> statistics) {
        return JobStatistics.number(statistics, "time_elapsed");
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
