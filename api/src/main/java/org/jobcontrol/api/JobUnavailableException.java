package org.jobcontrol.api;

import org.jobcontrol.api.JobRefusedException.Reason;

/**
 * Thrown by {@link JobObject#tryBegin} when the job could not be admitted however long one waited:
 * the target is gone, its policy does not have such jobs, or the core is closing. "Not now" is an
 * empty result instead.
 */
public final class JobUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TargetId target;
    private final Reason reason;

    /**
     * Turns a refusal into its unchecked form.
     *
     * @param refusal the refusal; becomes the cause
     */
    public JobUnavailableException(JobRefusedException refusal) {
        super(refusal.getMessage(), refusal);
        this.target = refusal.target();
        this.reason = refusal.reason();
    }

    /**
     * Returns the target of the request.
     *
     * @return its id
     */
    public TargetId target() {
        return target;
    }

    /**
     * Returns why no job can be begun.
     *
     * @return {@link Reason#TARGET_GONE}, {@link Reason#UNSUPPORTED} or {@link Reason#CLOSING}
     */
    public Reason reason() {
        return reason;
    }
}
