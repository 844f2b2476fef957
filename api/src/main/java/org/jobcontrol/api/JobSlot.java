package org.jobcontrol.api;

/** One of a job object's places. */
public enum JobSlot {
    /** The place of ordinary and nested jobs: one, unless the target's policy lets types share. */
    JOB,
    /** The place of the agent job. */
    AGENT,
    /** The place of the async job. */
    ASYNC
}
