package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

/** Makes the jobs that callers ask for and begins them: at once, or by a request that may wait. */
final class Begins {
    private final JobEngine engine;

    Begins(JobEngine engine) {
        this.engine = engine;
    }

    /** Begins a job in this thread. */
    Job begin(JobHandle job, Duration timeout) throws JobRefusedException, InterruptedException {
        Throwable begun = engine.leaks().here();
        acquire(job, timeout);
        return engine.leaks().hand(job, begun);
    }

    /** Begins a job in this thread, for the engine itself. */
    void acquire(JobHandle job, Duration timeout) throws JobRefusedException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("before " + job.operation + " began");
        }
        ChildJobHandle child = job instanceof ChildJobHandle its ? its : null;
        boolean inParent = child != null && enterParent(child);
        if (job.intention() == null || inParent) {
            if (job.object.enter(job)) {
                job.enter();
                engine.numbers().awaitReserved(job.id);
                recordBegin(job);
                return;
            }
        }
        // An async job on a child target takes this way too: it is not worth another.
        Request request = new Request(engine, Thread.currentThread(), timeout);
        request.add(job, inParent);
        request.acquire();
    }

    private void recordBegin(JobHandle job) throws JobRefusedException {
        if (job.recordable()) {
            engine.recorder().begun(List.of(job));
        }
    }

    private static boolean enterParent(ChildJobHandle job) {
        return job.intention().object.enter(job.intention());
    }

    /** Begins a job if it can begin now. */
    Optional<Job> tryBegin(JobHandle job) {
        Throwable begun = engine.leaks().here();
        if (job instanceof ChildJobHandle child) {
            if (!enterParent(child)) {
                return notNow(child.intention(), job);
            }
            if (!job.object.enter(job)) {
                child.intention().giveBack();
                return notNow(job, job);
            }
        } else if (!job.object.enter(job)) {
            return notNow(job, job);
        }
        job.enter();
        engine.numbers().awaitReserved(job.id);
        try {
            recordBegin(job);
        } catch (JobRefusedException e) {
            throw new JobUnavailableException(e);
        }
        return Optional.of(engine.leaks().hand(job, begun));
    }

    /** Returns whether a job cannot begin now for a reason that passes. */
    boolean notNow(CoreJobObject object, JobType type) {
        CoreJobObject parent = engine.objects().parentOf(object);
        if (parent != null && parent.closed()) {
            return false;
        }
        return object.keptOut(type) || (parent != null && parent.keptOut(JobType.CHILD));
    }

    private Optional<Job> notNow(Hold hold, JobHandle job) {
        Fate.Refusal why = hold.object
                .never(hold)
                .orElseGet(() -> Fate.Refusal.of(hold.object, Reason.TIMEOUT, ""));
        Request request = new Request(engine, Thread.currentThread(), Duration.ZERO);
        request.add(job, false);
        request.decide(why);
        // Somebody may have seen it in the parent's slot, and wait for its end.
        Ends.over(job);
        return switch (why.reason()) {
            case TARGET_GONE, UNSUPPORTED, CLOSING ->
                throw new JobUnavailableException(request.refusal());
            default -> Optional.empty();
        };
    }

    /** Makes a request that no thread will wait for. */
    Request later(JobHandle job, Duration timeout) {
        Request request = new Request(engine, null, timeout);
        request.begun(engine.leaks().here());
        request.add(job, false);
        return request;
    }

    /** Begins a step of an async job, in the async job's name. */
    Job nested(JobEntry async, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        checkOperation(operation);
        Objects.requireNonNull(timeout, "timeout");
        Owner owner = async.owner().here();
        JobHandle job = new JobHandle(
                async.object, JobType.NESTED, operation, owner, Thread.currentThread());
        job.parent(async);
        return begin(job, timeout);
    }

    /** Begins a job on a child target under a job that covers it. */
    Job under(Job parentJob, JobHandle job, Duration timeout)
            throws JobRefusedException, InterruptedException {
        JobHandle parent = covering(parentJob, job.object);
        Throwable begun = engine.leaks().here();
        job.parent(parent);
        Ends.cover(parent, job);
        Request request = new Request(engine, Thread.currentThread(), timeout);
        request.add(job, false);
        request.acquire();
        return engine.leaks().hand(job, begun);
    }

    private static JobHandle covering(Job parentJob, CoreJobObject object) {
        Objects.requireNonNull(parentJob, "parentJob");
        JobHandle parent = JobHandle.of(parentJob);
        if (parent == null) {
            throw new IllegalArgumentException("not a job of this job control: " + parentJob);
        }
        if (!parentJob.target().equals(object.target.parent())) {
            throw new IllegalArgumentException(
                    parentJob + " is not on the parent of " + object.target);
        }
        if (!covers(parent.type)) {
            throw new IllegalArgumentException(
                    "a " + parent.type + " job does not cover others: " + parentJob);
        }
        return parent;
    }

    private static boolean covers(JobType type) {
        return type == JobType.MODIFY || type == JobType.DESTROY || type == JobType.ASYNC;
    }

    /** Makes a request for jobs on several targets. */
    Request group(
            List<JobRequest> requests, Owner owner, @Nullable Thread thread, Duration timeout) {
        check(requests);
        Request group = new Request(engine, thread, timeout);
        group.begun(engine.leaks().here());
        Map<TargetId, JobEntry> covering = new HashMap<>();
        for (JobRequest request : parentsFirst(requests)) {
            CoreJobObject object = BundleJobObject.coreOf(request.object());
            TargetId parentId = object.target.parent();
            JobEntry parent = parentId == null ? null : covering.get(parentId);
            CoreJobObject above = parent == null ? engine.objects().parentOf(object) : null;
            JobHandle job = job(request, object, above, owner, thread);
            if (parent != null) {
                job.parent(parent);
                Ends.cover(parent, job);
            }
            group.add(job, false);
            if (covers(job.type)) {
                covering.put(object.target, job);
            }
        }
        group.sort();
        group.inOrderOf(
                requests.stream().map(request -> request.object().target()).toList());
        return group;
    }

    private static void check(List<JobRequest> requests) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("a group of no jobs");
        }
        Set<Object> targets = new HashSet<>();
        for (JobRequest request : requests) {
            if (!targets.add(request.object().target())) {
                throw new IllegalArgumentException(
                        "two jobs of a group on " + request.object().target());
            }
        }
    }

    private static List<JobRequest> parentsFirst(List<JobRequest> requests) {
        List<JobRequest> sorted = new ArrayList<>(requests);
        sorted.sort((a, b) -> a.object().target().compareTo(b.object().target()));
        return sorted;
    }

    // ---- what is asked for ----------------------------------------------------------------------

    /** Makes a job, with an intention if its target has a parent. */
    JobHandle job(
            CoreJobObject object,
            JobType type,
            String operation,
            Owner owner,
            @Nullable Thread thread) {
        return job(object, engine.objects().parentOf(object), type, operation, owner, thread);
    }

    private static JobHandle job(
            CoreJobObject object,
            @Nullable CoreJobObject above,
            JobType type,
            String operation,
            Owner owner,
            @Nullable Thread thread) {
        return above == null
                ? new JobHandle(object, type, operation, owner, thread)
                : new ChildJobHandle(object, above, type, operation, owner, thread);
    }

    private static JobHandle job(
            JobRequest request,
            CoreJobObject object,
            @Nullable CoreJobObject above,
            Owner owner,
            @Nullable Thread thread) {
        AsyncOperation operation = request.asyncOperation();
        if (operation == null) {
            return job(object, above, request.type(), request.operation(), owner, thread);
        }
        JobMask mask = request.mask() == null ? JobMask.NONE : request.mask();
        return new AsyncJobHandle(object, above, operation, mask, owner);
    }

    AsyncJobHandle job(CoreJobObject object, AsyncOperation operation, JobMask mask, Owner owner) {
        return new AsyncJobHandle(
                object, engine.objects().parentOf(object), operation, mask, owner);
    }

    static void check(JobType type, String operation) {
        if (!type.beginnable()) {
            throw new IllegalArgumentException("a caller cannot begin a job of type " + type);
        }
        checkOperation(operation);
    }

    static void checkOperation(String operation) {
        if (operation.isBlank()) {
            throw new IllegalArgumentException("blank operation");
        }
    }
}
