package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
import org.jspecify.annotations.Nullable;

/** Turns what callers ask for into requests: checks it, and finds the holds it needs. */
final class Begins {
    private final JobEngine engine;

    Begins(JobEngine engine) {
        this.engine = engine;
    }

    /** Begins a job in this thread. */
    JobHandle begin(CoreJobObject object, JobSpec spec, Duration timeout)
            throws JobRefusedException, InterruptedException {
        Request request = new Request(engine, Thread.currentThread(), timeout);
        JobEntry job = request.add(spec, object, engine.parentOf(object));
        request.acquire();
        return JobHandle.of(job);
    }

    /** Begins a job if it can begin now. */
    Optional<Job> tryBegin(CoreJobObject object, JobSpec spec) {
        Request request = new Request(engine, Thread.currentThread(), Duration.ZERO);
        JobEntry job = request.add(spec, object, engine.parentOf(object));
        if (request.tryAcquire()) {
            return Optional.of(JobHandle.of(job));
        }
        Fate fate = request.fate();
        Reason reason =
                fate == null || fate.refusal() == null ? null : fate.refusal().reason();
        if (reason == Reason.TARGET_GONE
                || reason == Reason.UNSUPPORTED
                || reason == Reason.CLOSING) {
            throw new JobUnavailableException(request.refusal());
        }
        return Optional.empty();
    }

    /** Makes a request that no thread will wait for. */
    Request later(CoreJobObject object, JobSpec spec, Duration timeout) {
        Request request = new Request(engine, null, timeout);
        request.add(spec, object, engine.parentOf(object));
        return request;
    }

    /** Begins a step of an async job, in the async job's name. */
    JobHandle nested(JobEntry async, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        checkOperation(operation);
        Objects.requireNonNull(timeout, "timeout");
        Owner owner = async.owner();
        JobSpec spec =
                spec(JobType.NESTED, operation, owner(owner.bundle(), owner.bundleId()), async);
        Request request = new Request(engine, Thread.currentThread(), timeout);
        JobEntry job = request.add(spec, async.hold.object, null);
        request.acquire();
        return JobHandle.of(job);
    }

    /** Begins a job on a child target under a job that covers it. */
    JobHandle under(Job parentJob, CoreJobObject object, JobSpec spec, Duration timeout)
            throws JobRefusedException, InterruptedException {
        JobEntry parent = covering(parentJob, object);
        Request request = new Request(engine, Thread.currentThread(), timeout);
        JobEntry job = request.add(withParent(spec, parent), object, null);
        parent.cover(job);
        request.acquire();
        return JobHandle.of(job);
    }

    private static JobEntry covering(Job parentJob, CoreJobObject object) {
        Objects.requireNonNull(parentJob, "parentJob");
        if (!(parentJob instanceof JobHandle handle)) {
            throw new IllegalArgumentException("not a job of this job control: " + parentJob);
        }
        if (!parentJob.target().equals(object.target.parent())) {
            throw new IllegalArgumentException(
                    parentJob + " is not on the parent of " + object.target);
        }
        if (!covers(handle.job.type)) {
            throw new IllegalArgumentException(
                    "a " + handle.job.type + " job does not cover others: " + parentJob);
        }
        return handle.job;
    }

    private static boolean covers(JobType type) {
        return type == JobType.MODIFY || type == JobType.DESTROY || type == JobType.ASYNC;
    }

    /** Makes a request for jobs on several targets. */
    Request group(
            List<JobRequest> requests, Owner owner, @Nullable Thread thread, Duration timeout) {
        check(requests);
        Request group = new Request(engine, thread, timeout);
        List<JobEntry> covering = new ArrayList<>();
        for (JobRequest request : parentsFirst(requests)) {
            CoreJobObject object = engine.coreOf(request.object());
            JobMask mask = request.mask() == null ? JobMask.NONE : request.mask();
            JobEntry parent = covering.stream()
                    .filter(job -> job.hold.object.target.equals(object.target.parent()))
                    .findFirst()
                    .orElse(null);
            JobSpec spec = new JobSpec(
                    engine.nextId(),
                    request.type(),
                    request.operation(),
                    request.asyncOperation(),
                    mask,
                    owner,
                    parent);
            JobEntry job = group.add(spec, object, parent == null ? engine.parentOf(object) : null);
            if (parent != null) {
                parent.cover(job);
            }
            if (covers(job.type)) {
                covering.add(job);
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

    JobSpec spec(JobType type, String operation, Owner owner, @Nullable JobEntry parent) {
        return new JobSpec(engine.nextId(), type, operation, null, JobMask.NONE, owner, parent);
    }

    JobSpec spec(AsyncOperation operation, JobMask mask, Owner owner) {
        return new JobSpec(
                engine.nextId(), JobType.ASYNC, operation.name(), operation, mask, owner, null);
    }

    private static JobSpec withParent(JobSpec spec, JobEntry parent) {
        return new JobSpec(
                spec.id(),
                spec.type(),
                spec.operation(),
                spec.asyncOperation(),
                spec.mask(),
                spec.owner(),
                parent);
    }

    static Owner owner(String bundle, long bundleId) {
        return new Owner(Thread.currentThread().getName(), bundle, bundleId);
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
