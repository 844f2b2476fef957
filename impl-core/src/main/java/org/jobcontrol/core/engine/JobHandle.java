package org.jobcontrol.core.engine;

import java.util.Objects;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;

/**
 * What the owner of a job holds. The engine keeps the {@link JobEntry} and never the handle, so that a
 * handle nobody has any more becomes garbage and can be reported.
 */
class JobHandle implements Job {
    final JobEntry job;

    JobHandle(JobEntry job) {
        this.job = job;
    }

    /** Returns the handle for an admitted job. */
    static JobHandle of(JobEntry job) {
        JobHandle handle = job.type == JobType.ASYNC ? new AsyncJobHandle(job) : new JobHandle(job);
        Request request = job.request();
        if (request.begun() != null) {
            request.engine().leaks().watch(handle, request.begun());
        }
        return handle;
    }

    @Override
    public long id() {
        return job.id;
    }

    @Override
    public long fence() {
        return job.fence();
    }

    @Override
    public TargetId target() {
        return job.hold.object.target;
    }

    @Override
    public JobType type() {
        return job.type;
    }

    @Override
    public String operation() {
        return job.operation;
    }

    @Override
    public JobInfo info() {
        return JobSnapshot.of(job);
    }

    @Override
    public boolean abortRequested() {
        return job.life().stage() == Life.Stage.ABORTING;
    }

    @Override
    public void onAbort(Runnable action) {
        Objects.requireNonNull(action, "action");
        if (!job.life().open()) {
            throw job.stale();
        }
        job.onAbort(action);
    }

    @Override
    public void checkpoint() throws JobAbortedException, InterruptedException {
        job.checkpoint();
    }

    @Override
    public void fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        job.update(life -> life.failed(cause));
    }

    @Override
    public void detach() {
        job.detach();
    }

    @Override
    public Progress progress() {
        return job.progress();
    }

    @Override
    public void progress(Progress value) {
        Objects.requireNonNull(value, "progress");
        if (!job.life().open()) {
            throw job.stale();
        }
        job.progress(value, job.request().engine().clock().nanos());
    }

    @Override
    public void abortable(boolean abortable) {
        job.update(life -> life.abortable(abortable));
    }

    @Override
    public AbortResult abort() {
        return job.request().engine().aborts().ask(job);
    }

    @Override
    public void close() {
        job.end();
    }

    /** Returns what people read in a log. */
    @Override
    public String toString() {
        return name(job);
    }

    static String name(JobEntry job) {
        return "job #" + job.id + " " + job.type + " '" + job.operation + "' on "
                + job.hold.object.target + " (bundle " + job.owner().bundle() + ", thread "
                + job.owner().thread() + ")";
    }
}
