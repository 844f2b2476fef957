package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/** All job objects of an engine by their targets, and all jobs on them. Safe for use by many threads. */
final class JobObjects {
    private final JobEngine engine;
    private final Map<TargetId, CoreJobObject> objects = new ConcurrentHashMap<>();
    private final Map<AdmissionPolicy, Rules> rulesOf = new ConcurrentHashMap<>();

    JobObjects(JobEngine engine) {
        this.engine = engine;
    }

    /** Returns the job object of a target, made if there is none or it is closed. */
    CoreJobObject get(TargetId id, Supplier<AdmissionPolicy> rules) {
        CoreJobObject object = current(id);
        if (object != null) {
            return object;
        }
        AdmissionPolicy policy = rules.get();
        CoreJobObject parent = id.parent() == null ? null : parentObject(id.parent());
        CoreJobObject made = objects.compute(id, (key, old) -> {
            if (old != null && !old.closed()) {
                return old;
            }
            CoreJobObject anew = new CoreJobObject(id, rulesOf(policy), parent);
            if (old != null) {
                Succession.begin(old, anew);
            }
            engine.recoveries().holdParent(anew);
            return anew;
        });
        return closingIfLate(made);
    }

    /** Returns the job object of a target that is not closed, or null. */
    private @Nullable CoreJobObject current(TargetId id) {
        CoreJobObject object = objects.get(id);
        return object == null || object.closed() ? null : closingIfLate(object);
    }

    /**
     * Tells a job object that the engine is closing if it may have been made too late to be told. Not
     * only the thread that makes it does this: another one that finds it could otherwise begin a job
     * before.
     */
    private CoreJobObject closingIfLate(CoreJobObject object) {
        if (engine.closing() && object.admission() == null) {
            object.refuseAll(Reason.CLOSING);
        }
        return object;
    }

    /** Makes the job object of interrupted jobs; those who make the next one find it. */
    CoreJobObject ofInterrupted(TargetId id) {
        CoreJobObject object = new CoreJobObject(id, rulesOf(AdmissionPolicy.LIBVIRT), null);
        objects.put(id, object);
        return object;
    }

    private Rules rulesOf(AdmissionPolicy policy) {
        return rulesOf.computeIfAbsent(policy, its -> new Rules(engine, its));
    }

    private CoreJobObject parentObject(TargetId id) {
        CoreJobObject parent = current(id);
        return parent != null ? parent : get(id, () -> engine.adapters().policyOf(id.kind()));
    }

    /** Returns the job object of a job object's parent target, or null; a closed one if it is gone. */
    @Nullable
    CoreJobObject parentOf(CoreJobObject object) {
        CoreJobObject parent = object.parent();
        if (parent == null || !parent.closed()) {
            return parent;
        }
        CoreJobObject anew = current(parent.target);
        if (anew == null) {
            return parent;
        }
        object.parent(anew);
        return anew;
    }

    Optional<CoreJobObject> find(TargetId id) {
        return Optional.ofNullable(current(id));
    }

    /** Returns all job objects, each after those closed ones that it waits for. */
    List<CoreJobObject> all() {
        List<CoreJobObject> all = new ArrayList<>();
        objects.values().forEach(object -> Succession.addLine(object, all));
        return all;
    }

    /** Forgets a job object that is closed and idle. */
    void forget(CoreJobObject object) {
        objects.remove(object.target, object);
    }

    /** Refuses whoever waits. */
    void refuseAll(Reason reason) {
        objects.values().forEach(object -> object.refuseAll(reason));
    }

    // ---- their jobs -----------------------------------------------------------------------------

    /**
     * Returns a job that runs or waits. A request goes from one job object to the next, so it may pass
     * behind the back of who looks at them one by one; it does so once, for what is admitted stays.
     */
    Optional<JobEntry> job(long id) {
        Optional<JobEntry> found = lookFor(id);
        return found.isPresent() ? found : lookFor(id);
    }

    private Optional<JobEntry> lookFor(long id) {
        Set<Request> groups = new HashSet<>();
        for (CoreJobObject object : objects.values()) {
            for (JobEntry job : object.jobs()) {
                if (job.id == id) {
                    return Optional.of(job);
                }
                // A group that waits is in one queue at a time, by one of its jobs.
                Request request = job.request();
                Fate fate = request == null ? null : request.fate();
                if (request != null
                        && request.jobs().size() > 1
                        && (fate == null || fate.admitted())
                        && groups.add(request)) {
                    for (JobEntry other : request.jobs()) {
                        if (other.id == id && !other.left()) {
                            return Optional.of(other);
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Returns every job that runs or waits; a volume's job once, though its pool holds it too. */
    List<JobEntry> jobs() {
        return objects.values().stream()
                .flatMap(object -> object.jobs().stream())
                .distinct()
                .toList();
    }

    /** The same, but without those that wait for their recovery, which may not come. */
    List<JobEntry> running() {
        return jobs().stream().filter(job -> !job.recovering()).toList();
    }

    /** Waits until no job runs; false if the time was over before. */
    boolean awaitIdle(Duration timeout) throws InterruptedException {
        long deadline = engine.clock().nanos() + Request.nanos(timeout);
        for (List<JobEntry> left = running(); !left.isEmpty(); left = running()) {
            for (JobEntry job : left) {
                if (!engine.aborts().awaitEnd(job, deadline)) {
                    return false;
                }
            }
        }
        return true;
    }
}
