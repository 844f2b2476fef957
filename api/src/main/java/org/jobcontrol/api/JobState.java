package org.jobcontrol.api;

/**
 * Where a job is in its life: {@code WAITING -> RUNNING [<-> PAUSED] -> [ABORTING ->] FINISHED}; or, if
 * the process died while it ran, {@code RECOVERING -> [RUNNING ->] FINISHED} in the next one.
 */
public enum JobState {
    /** Waits; holds nothing on its own target yet, though a volume's job may hold the pool. */
    WAITING,
    /** Holds its slot. */
    RUNNING,
    /** Holds its slot, and its work stands at a checkpoint until it is resumed or aborted. */
    PAUSED,
    /** Holds its slot and has been asked to end early. */
    ABORTING,
    /** Was interrupted by a crash, and holds its slot until its adapter has recovered it. */
    RECOVERING,
    /** Has ended, or left the queue. */
    FINISHED
}
