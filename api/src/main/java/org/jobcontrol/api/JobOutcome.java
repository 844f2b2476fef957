package org.jobcontrol.api;

/** How a finished job ended. */
public enum JobOutcome {
    /** The work was done; also when an abort came too late to matter. */
    COMPLETED,
    /** The work failed, or was never begun; see {@link JobInfo#error()}. */
    FAILED,
    /** The work ended early because it was asked to. */
    ABORTED,
    /** The job was taken from an owner that had gone or hung. */
    ORPHANED
}
