package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncJobCallable;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Explanation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobCallable;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** A job object as one bundle sees it. Equal to any other view of the same job object. */
final class BundleJobObject implements JobObject {
    private final JobEngine engine;
    private final CoreJobObject core;
    private final BundleJobControl user;

    BundleJobObject(JobEngine engine, CoreJobObject core, BundleJobControl user) {
        this.engine = engine;
        this.core = core;
        this.user = user;
    }

    /** Returns the job object behind one that a job control gave to its bundle. */
    static CoreJobObject coreOf(JobObject object) {
        if (object instanceof BundleJobObject mine) {
            return mine.core;
        }
        throw new IllegalArgumentException("not a job object of this job control: " + object);
    }

    @Override
    public TargetId target() {
        return core.target;
    }

    // ---- begin ----------------------------------------------------------------------------------

    @Override
    public Job begin(JobType type, String operation)
            throws JobRefusedException, InterruptedException {
        return begin(type, operation, defaultTimeout());
    }

    @Override
    public Job begin(JobType type, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return engine.begins().begin(job(type, operation, Thread.currentThread()), timeout);
    }

    @Override
    public Optional<Job> tryBegin(JobType type, String operation) {
        Begins.check(type, operation);
        if (engine.begins().notNow(core, type)) {
            return Optional.empty();
        }
        return engine.begins().tryBegin(job(type, operation, Thread.currentThread()));
    }

    @Override
    public JobFuture<Job> beginLater(JobType type, String operation, Duration timeout) {
        return handOver(engine.begins().later(job(type, operation, null), timeout), Job.class);
    }

    @Override
    public AsyncJob beginAsync(AsyncOperation operation)
            throws JobRefusedException, InterruptedException {
        return beginAsync(operation, operation.defaultMask(), defaultTimeout());
    }

    @Override
    public AsyncJob beginAsync(AsyncOperation operation, JobMask mask, Duration timeout)
            throws JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return (AsyncJob) engine.begins().begin(job(operation, mask), timeout);
    }

    @Override
    public JobFuture<AsyncJob> beginAsyncLater(
            AsyncOperation operation, JobMask mask, Duration timeout) {
        return handOver(engine.begins().later(job(operation, mask), timeout), AsyncJob.class);
    }

    @Override
    public Job beginUnder(Job parentJob, JobType type, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        Begins.check(type, operation);
        JobHandle job = new JobHandle(core, type, operation, user.owner(), Thread.currentThread());
        return engine.begins().under(parentJob, job, timeout);
    }

    private <J extends Job> JobFuture<J> handOver(Request request, Class<J> type) {
        return new LaterJob<J>(request, true, later -> {
                    Job handle = engine.leaks().hand(request.job(), request.begun());
                    if (!later.deliver(type.cast(handle))) {
                        request.job().end(JobOutcome.ABORTED, null);
                    }
                })
                .begin();
    }

    // ---- work -----------------------------------------------------------------------------------

    @Override
    @SuppressWarnings("NullAway") // null only if that is what the caller's own work gives
    public <T> T call(JobType type, String operation, Duration timeout, JobCallable<T> work)
            throws Exception {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(work, "work");
        JobHandle job = job(type, operation, Thread.currentThread());
        engine.begins().acquire(job, timeout);
        try (job) {
            return callUnder(job, work);
        }
    }

    private static <T> @Nullable T callUnder(JobHandle job, JobCallable<T> work) throws Exception {
        try {
            return work.call(job);
        } catch (Throwable failure) {
            job.failIfOpen(failure);
            throw failure;
        }
    }

    @Override
    public <T> JobFuture<T> run(JobType type, String operation, JobCallable<T> work) {
        return run(type, operation, defaultTimeout(), work);
    }

    @Override
    public <T> JobFuture<T> run(
            JobType type, String operation, Duration timeout, JobCallable<T> work) {
        Objects.requireNonNull(work, "work");
        Request request = engine.begins().later(job(type, operation, null), timeout);
        return Work.<Job, T>later(request, work, request::job, work::call);
    }

    @Override
    public <T> JobFuture<T> runAsync(AsyncOperation operation, AsyncJobCallable<T> work) {
        return runAsync(operation, operation.defaultMask(), defaultTimeout(), work);
    }

    @Override
    public <T> JobFuture<T> runAsync(
            AsyncOperation operation, JobMask mask, Duration timeout, AsyncJobCallable<T> work) {
        Objects.requireNonNull(work, "work");
        Request request = engine.begins().later(job(operation, mask), timeout);
        return Work.<AsyncJob, T>later(request, work, () -> (AsyncJob) request.job(), work::call);
    }

    // ---- abort ----------------------------------------------------------------------------------

    @Override
    public boolean abort(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        List<JobEntry> jobs = core.jobSlot();
        jobs.forEach(job -> Audit.record("abort", job, user.owner().bundle()));
        engine.aborts().askAll(jobs, timeout);
        return !jobs.isEmpty();
    }

    @Override
    public boolean abortAsync() {
        Optional<JobEntry> async = core.asyncSlot();
        async.ifPresent(job -> Audit.record("abort", job, user.owner().bundle()));
        return async.isPresent() && engine.aborts().ask(async.get()) != AbortResult.TOO_LATE;
    }

    // ---- look -----------------------------------------------------------------------------------

    @Override
    public JobObjectInfo info() {
        return core.snapshot();
    }

    @Override
    public Optional<JobInfo> completed() {
        return core.completed();
    }

    @Override
    public Explanation explain(JobType type) {
        if (type != JobType.ASYNC && !type.beginnable()) {
            throw new IllegalArgumentException("a caller cannot begin a job of type " + type);
        }
        CoreJobObject parent = engine.objects().parentOf(core);
        ExplanationRecord above = parent == null ? null : parent.explain(JobType.CHILD);
        return above == null || above.admissible() ? core.explain(type) : above;
    }

    @Override
    public void close() {
        core.close();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BundleJobObject object && object.core == core;
    }

    @Override
    public int hashCode() {
        return core.hashCode();
    }

    /** Returns what people read in a log. */
    @Override
    public String toString() {
        return "job object of " + core.target + " for " + user.bundle();
    }

    private Duration defaultTimeout() {
        return engine.settings().beginTimeout();
    }

    private JobHandle job(JobType type, String operation, @Nullable Thread thread) {
        Begins.check(type, operation);
        return engine.begins().job(core, type, operation, user.owner(), thread);
    }

    private AsyncJobHandle job(AsyncOperation operation, JobMask mask) {
        Objects.requireNonNull(mask, "mask");
        return engine.begins().job(core, operation, mask, user.owner());
    }
}
