package org.jobcontrol.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.storage.StorageException;

/** Gets rid of what is in the way of a job, and then does what the job is for. */
final class Force {
    private Force() {}

    /**
     * Queues a job first, so that nobody comes in between; asks all that run or wait before it to
     * abort, those on children of the target too; and waits for its turn.
     *
     * @return the jobs that were asked
     */
    static List<JobInfo> call(
            JobControl control,
            JobObject jobs,
            StorageWork work,
            Duration timeout,
            UnderJob.Call<?> call)
            throws StorageException, JobRefusedException, InterruptedException {
        JobFuture<Job> mine = jobs.beginLater(work.type(), work.operation(), timeout);
        List<JobInfo> asked = new ArrayList<>();
        for (JobInfo other : waitersFirst(control, inTheWay(jobs.info(), mine.id()))) {
            AbortResult result = control.abort(other.id(), Duration.ZERO);
            if (result != AbortResult.NO_SUCH_JOB && result != AbortResult.TOO_LATE) {
                asked.add(other);
            }
        }
        try (Job job = await(mine)) {
            UnderJob.under(job, call);
        }
        return List.copyOf(asked);
    }

    /** Returns the jobs as they are now. The end of a running one would admit a waiting one. */
    private static List<JobInfo> waitersFirst(JobControl control, List<JobInfo> jobs) {
        return jobs.stream()
                .map(job -> control.job(job.id()).orElse(job))
                .sorted(Comparator.comparing(job -> job.state() != JobState.WAITING))
                .toList();
    }

    private static List<JobInfo> inTheWay(JobObjectInfo now, long mine) {
        List<JobInfo> jobs = new ArrayList<>(now.jobs());
        now.async().ifPresent(jobs::add);
        for (JobInfo waiter : now.queue()) {
            if (waiter.id() == mine) {
                break;
            }
            jobs.add(waiter);
        }
        jobs.removeIf(job -> job.id() == mine);
        return jobs;
    }

    private static Job await(JobFuture<Job> mine) throws JobRefusedException, InterruptedException {
        try {
            return mine.await();
        } catch (InterruptedException e) {
            mine.cancel();
            throw e;
        } catch (JobAbortedException | ExecutionException e) {
            throw new IllegalStateException("a handle that is handed over runs no work", e);
        }
    }
}
