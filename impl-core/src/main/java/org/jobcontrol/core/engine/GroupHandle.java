package org.jobcontrol.core.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.TargetId;

/** What the owner of a group of jobs holds. */
final class GroupHandle implements JobGroup {
    private final List<Job> jobs;
    private final Map<TargetId, Job> jobOf = new HashMap<>();

    GroupHandle(Request request) {
        LeakTracker leaks = request.engine().leaks();
        this.jobs = request.jobs().stream()
                .map(job -> leaks.hand(job, request.begun()))
                .toList();
        jobs.forEach(job -> jobOf.put(job.target(), job));
    }

    @Override
    public List<Job> jobs() {
        return jobs;
    }

    @Override
    public Job job(TargetId target) {
        Job job = jobOf.get(target);
        if (job == null) {
            throw new IllegalArgumentException("the group has no job on " + target);
        }
        return job;
    }

    @Override
    public AsyncJob asyncJob(TargetId target) {
        if (job(target) instanceof AsyncJob async) {
            return async;
        }
        throw new IllegalArgumentException("the group's job on " + target + " is no async job");
    }

    /** Ends the jobs, last first: those that cover others end when these have. */
    @Override
    public void close() {
        for (int i = jobs.size() - 1; i >= 0; i--) {
            jobs.get(i).close();
        }
    }
}
