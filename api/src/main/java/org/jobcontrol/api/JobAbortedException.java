package org.jobcontrol.api;

/** Thrown by work that ends early because its job was asked to abort. */
public final class JobAbortedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long jobId;

    /**
     * Says that a job ended early.
     *
     * @param jobId the job's id
     * @param message a sentence for people
     */
    public JobAbortedException(long jobId, String message) {
        super(message);
        this.jobId = jobId;
    }

    /**
     * Returns the job that was asked to abort.
     *
     * @return the job's id
     */
    public long jobId() {
        return jobId;
    }
}
