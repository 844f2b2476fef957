package org.jobcontrol.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wish for one job, as part of a group; see {@link JobControl#beginAll}.
 *
 * @param object where the job is to begin
 * @param type what it may do; {@link JobType#ASYNC} for an async job
 * @param operation the caller's name for the work, or the name of the async operation
 * @param asyncOperation the async operation, or null for another job
 * @param mask the async job's mask, or null for another job
 */
public record JobRequest(
        JobObject object,
        JobType type,
        String operation,
        @Nullable AsyncOperation asyncOperation,
        @Nullable JobMask mask) {
    /**
     * Checks the values.
     *
     * @param object see the record
     * @param type see the record
     * @param operation see the record
     * @param asyncOperation see the record
     * @param mask see the record
     * @throws IllegalArgumentException if the type cannot be begun, if the operation is blank, or
     *     if a mask and an async operation do not come together
     */
    public JobRequest {
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(operation, "operation");
        if (operation.isBlank()) {
            throw new IllegalArgumentException("blank operation");
        }
        boolean async = type == JobType.ASYNC;
        if (!async && !type.beginnable()) {
            throw new IllegalArgumentException("a caller cannot begin a job of type " + type);
        }
        if (async != (asyncOperation != null) || async != (mask != null)) {
            throw new IllegalArgumentException(
                    "an async operation and a mask belong to an async job, and it to them: " + type
                            + ", " + asyncOperation + ", " + mask);
        }
    }

    /**
     * Asks for a job.
     *
     * @param object where it is to begin
     * @param type what it may do
     * @param operation a short name for the work
     * @return the request
     * @throws IllegalArgumentException if the type cannot be begun or the operation is blank
     */
    public static JobRequest of(JobObject object, JobType type, String operation) {
        return new JobRequest(object, type, operation, null, null);
    }

    /**
     * Asks for an async job.
     *
     * @param object where it is to begin
     * @param operation what it does
     * @param mask what may run beside it
     * @return the request
     */
    public static JobRequest of(JobObject object, AsyncOperation operation, JobMask mask) {
        Objects.requireNonNull(operation, "operation");
        return new JobRequest(object, JobType.ASYNC, operation.name(), operation, mask);
    }
}
