package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.JobGroupCallable;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** The engine as one bundle sees it: whatever is begun here runs in that bundle's name. */
final class BundleJobControl implements JobControl {
    private static final int OWNERS = 64;

    private final JobEngine engine;
    private final String bundle;
    private final long bundleId;

    /** By the thread's id, and the last. Immutable, so threads may race for a place. */
    private final @Nullable Owner[] owners = new Owner[OWNERS];

    private @Nullable Owner lastOwner;

    BundleJobControl(JobEngine engine, String bundle, long bundleId) {
        this.engine = engine;
        this.bundle = Objects.requireNonNull(bundle, "bundle");
        this.bundleId = bundleId;
    }

    @Override
    public JobObject of(Object target) {
        if (engine.closed()) {
            throw new IllegalStateException(
                    "job control has stopped; the next one is another service");
        }
        AdapterRegistry.Identified identified = engine.adapters().identify(target);
        return mine(engine.objects().get(identified.id(), identified::policy));
    }

    @Override
    public Optional<JobObject> find(TargetId id) {
        return engine.objects().find(Objects.requireNonNull(id, "id")).map(this::mine);
    }

    private JobObject mine(CoreJobObject object) {
        return new BundleJobObject(engine, object, this);
    }

    @Override
    public Collection<JobObjectInfo> objects() {
        return engine.objects().all().stream()
                .<JobObjectInfo>map(CoreJobObject::snapshot)
                .toList();
    }

    @Override
    public Optional<JobInfo> job(long id) {
        Optional<JobEntry> job = engine.objects().job(id);
        return job.isPresent() ? job.map(this::look) : engine.history().find(id);
    }

    private JobInfo look(JobEntry job) {
        JobSnapshot info = JobSnapshot.of(job);
        if (info.state() == JobState.WAITING || info.state() == JobState.FINISHED) {
            return info;
        }
        return engine.adapters()
                .progress(info.target(), info)
                .map(info::withProgress)
                .orElse(info);
    }

    @Override
    public List<JobInfo> history(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("negative number of jobs: " + max);
        }
        return List.copyOf(engine.history().newest(max));
    }

    @Override
    public JobGroup beginAll(List<JobRequest> requests, Duration timeout)
            throws JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        Request group = engine.begins()
                .group(List.copyOf(requests), owner(), Thread.currentThread(), timeout);
        group.acquire();
        return new GroupHandle(group);
    }

    @Override
    public <T> JobFuture<T> runAll(
            List<JobRequest> requests, Duration timeout, JobGroupCallable<T> work) {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(work, "work");
        Request group = engine.begins().group(List.copyOf(requests), owner(), null, timeout);
        return Work.later(group, work, () -> new GroupHandle(group), work::call);
    }

    @Override
    public AbortResult abort(long jobId, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        Optional<JobEntry> job = engine.objects().job(jobId);
        if (job.isPresent()) {
            Audit.record("abort", job.get(), bundle);
            return engine.aborts().ask(job.get(), timeout);
        }
        return engine.history().find(jobId).isPresent()
                ? AbortResult.TOO_LATE
                : AbortResult.NO_SUCH_JOB;
    }

    @Override
    public CompletionStage<JobInfo> ended(long jobId) {
        Optional<JobEntry> job = engine.objects().job(jobId);
        if (job.isPresent()) {
            return job.get().ended().copy();
        }
        return engine.history()
                .find(jobId)
                .<CompletionStage<JobInfo>>map(CompletableFuture::completedStage)
                .orElseGet(() -> CompletableFuture.failedStage(new NoSuchElementException(
                        "no job #" + jobId + " runs, waits or is remembered")));
    }

    /** Returns the calling thread as an owner; one of those used last, if it was among them. */
    Owner owner() {
        Thread thread = Thread.currentThread();
        Owner last = lastOwner;
        if (last != null && isOf(last, thread)) {
            return last;
        }
        int index = Long.hashCode(thread.getId()) & (OWNERS - 1);
        Owner known = owners[index];
        if (known == null || !isOf(known, thread)) {
            known = new Owner(thread.getName(), bundle, bundleId, thread.getId());
            owners[index] = known;
        }
        lastOwner = known;
        return known;
    }

    /** Returns whether an owner is a thread, by its id and by its name, which may change. */
    private static boolean isOf(Owner owner, Thread thread) {
        return owner.threadId() == thread.getId() && owner.thread().equals(thread.getName());
    }

    String bundle() {
        return bundle;
    }
}
