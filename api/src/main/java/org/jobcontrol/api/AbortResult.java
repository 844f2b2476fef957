package org.jobcontrol.api;

/** What became of a request to abort a job. */
public enum AbortResult {
    /** No job has, or is remembered to have had, that id. */
    NO_SUCH_JOB,
    /** The job was still waiting; its begin is refused with {@code ABORTED}. */
    LEFT_QUEUE,
    /** The job was asked and has ended. */
    ENDED,
    /** The job was asked and still runs; it may yet succeed. */
    STILL_RUNNING,
    /**
     * The job is past the point of no return: nothing was asked, or its driver found that it is too late
     * for that.
     */
    NOT_ABORTABLE,
    /** The job had ended before. */
    TOO_LATE
}
