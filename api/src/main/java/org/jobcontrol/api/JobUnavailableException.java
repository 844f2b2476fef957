package org.jobcontrol.api;

import org.jobcontrol.api.JobRefusedException.Reason;

/**
 * Thrown by {@link JobObject#tryBegin} when it is not another job that keeps the job from beginning, so
 * that the end of one would not help: the target is gone, its policy does not have such jobs, the core
 * is closing, or the job could not be recorded. An empty result means that other jobs keep it out.
 *
 * <p>Only the last reason can pass ({@link #mayPass}): a disk that is full gets space again.
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
     * @return {@link Reason#TARGET_GONE}, {@link Reason#UNSUPPORTED}, {@link Reason#CLOSING} or {@link
     *     Reason#JOURNAL}
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns whether the same call may succeed later.
     *
     * @return true if the job could not be recorded ({@link Reason#JOURNAL}); false if the reason lasts
     *     for as long as the job object does
     */
    public boolean mayPass() {
        return reason == Reason.JOURNAL;
    }
}
