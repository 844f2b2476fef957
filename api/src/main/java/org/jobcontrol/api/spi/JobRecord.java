package org.jobcontrol.api.spi;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/**
 * What a journal keeps of one job: an async job, or a DESTROY job. A later record of the same id takes
 * the place of an earlier one. Immutable.
 *
 * @param id the job's number
 * @param fence its fence
 * @param target what it runs on
 * @param type ASYNC or DESTROY
 * @param operation what it is about
 * @param thread the name of the thread that owns it
 * @param bundle the symbolic name of the bundle in whose name it runs
 * @param queued when it was asked for
 * @param started when it was admitted
 * @param mask the mask of an async job, NONE for another
 * @param phase how far it has got; empty if it says nothing of that
 * @param progress the last progress that was recorded
 * @param attributes what its adapter has recorded with it
 * @param end how it ended; null while it runs
 */
public record JobRecord(
        long id,
        long fence,
        TargetId target,
        JobType type,
        String operation,
        String thread,
        String bundle,
        Instant queued,
        Instant started,
        JobMask mask,
        String phase,
        Progress progress,
        Map<String, String> attributes,
        @Nullable End end) {
    /**
     * How a job ended.
     *
     * @param outcome how
     * @param at when
     * @param error what it failed for, or an empty string
     */
    public record End(JobOutcome outcome, Instant at, String error) {
        /**
         * Checks that all is there.
         *
         * @param outcome see the record
         * @param at see the record
         * @param error see the record
         */
        public End {
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * Copies the attributes, and checks that all is there and the type is one that is recorded.
     *
     * @param id see the record
     * @param fence see the record
     * @param target see the record
     * @param type see the record
     * @param operation see the record
     * @param thread see the record
     * @param bundle see the record
     * @param queued see the record
     * @param started see the record
     * @param mask see the record
     * @param phase see the record
     * @param progress see the record
     * @param attributes see the record
     * @param end see the record
     * @throws IllegalArgumentException if the type is neither ASYNC nor DESTROY
     */
    public JobRecord {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(thread, "thread");
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(queued, "queued");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(mask, "mask");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(progress, "progress");
        if (type != JobType.ASYNC && type != JobType.DESTROY) {
            throw new IllegalArgumentException("job #" + id + " of type " + type);
        }
        attributes = Map.copyOf(attributes);
    }
}
