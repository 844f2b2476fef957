package org.jobcontrol.api;

/** Where a job is in its life: {@code WAITING -> RUNNING -> [ABORTING ->] FINISHED}. */
public enum JobState {
    /** Waits in the queue; holds nothing on its target yet. */
    WAITING,
    /** Holds its slot. */
    RUNNING,
    /** Holds its slot and has been asked to end early. */
    ABORTING,
    /** Has ended, or left the queue. */
    FINISHED
}
