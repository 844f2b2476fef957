package org.jobcontrol.storage;

import java.time.Duration;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** Short work in the thread of the caller, under a job that it takes or that the caller holds. */
final class UnderJob {
    private UnderJob() {}

    /** What is done under a job in the thread of the caller. */
    interface Call<T> {
        @Nullable
        T under(Job job) throws StorageException;
    }

    /** Does something under a job. The target is looked at only then: much may happen in a wait. */
    @SuppressWarnings("NullAway") // null only where nobody wants a result
    static <T> T call(JobObject jobs, StorageWork work, Duration timeout, Call<T> call)
            throws StorageException, JobRefusedException, InterruptedException {
        try (Job job = jobs.begin(work.type(), work.operation(), timeout)) {
            return under(job, call);
        }
    }

    /** Does something under a job that has begun; the job knows if it fails. */
    @SuppressWarnings("NullAway") // null only where nobody wants a result
    static <T> T under(Job job, Call<T> call) throws StorageException {
        try {
            return call.under(job);
        } catch (StorageException | RuntimeException | Error e) {
            job.fail(e);
            throw e;
        }
    }

    /** Checks that a job which a caller holds is what it has to be. */
    static void check(Job under, TargetId target, String needed, boolean fits) {
        if (!fits || !under.target().equals(target)) {
            throw new IllegalArgumentException(needed + " on " + target + " is needed; job #"
                    + under.id() + " is " + under.type() + " on " + under.target());
        }
        if (under.info().state() == JobState.FINISHED) {
            throw new IllegalStateException("job #" + under.id() + " on " + target + " has ended");
        }
    }
}
