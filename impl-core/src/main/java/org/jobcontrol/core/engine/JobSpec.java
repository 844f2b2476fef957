package org.jobcontrol.core.engine;

import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for: one job.
 *
 * @param id its number
 * @param type what it may do
 * @param operation what people call it
 * @param asyncOperation what an async job does, or null
 * @param mask the mask of an async job; NONE for another
 * @param owner who asks
 * @param parent the async job of a nested job, the job that covers this one, or null
 */
record JobSpec(
        long id,
        JobType type,
        String operation,
        @Nullable AsyncOperation asyncOperation,
        JobMask mask,
        Owner owner,
        @Nullable JobEntry parent) {}
