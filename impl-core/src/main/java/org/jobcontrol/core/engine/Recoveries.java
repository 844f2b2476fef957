package org.jobcontrol.core.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the jobs that a crash interrupted recovered by their adapters. Safe for use by many threads. */
final class Recoveries {
    /*
     * An interrupted job is on a job object of its own, which is closed: that of the process that died.
     * So the one that is made for whoever comes is its successor, and admits nothing before the last
     * interrupted job has ended. On the parent of the target it has an intention, as it had.
     *
     * Attempts. All that asks for one adds to the target's count of those wanted; who finds it at zero
     * goes on until it is that again. So one target has one attempt at a time, and who asks while one
     * runs, because just now somebody came who was missing, has another follow. Nothing else repeats.
     *
     * Threads. A crash may interrupt very many jobs, and an adapter may block in recover. So at most
     * AT_ONCE attempts run at the same time, and the others stand in a queue. Attempts that never return
     * keep their threads, and if there are AT_ONCE of those, nothing else is recovered.
     */
    private static final int AT_ONCE = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Recoveries.class);

    private final JobEngine engine;
    private final Map<TargetId, Interrupted> targets = new ConcurrentSkipListMap<>();

    /** Those whose targets have this parent. */
    private final Map<TargetId, Set<Interrupted>> children = new ConcurrentHashMap<>();

    private final Queue<Runnable> attempts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();

    /** The interrupted jobs of one target, the one begun first at first. */
    private static final class Interrupted {
        final List<InterruptedEntry> jobs = new CopyOnWriteArrayList<>();
        final AtomicInteger wanted = new AtomicInteger();
    }

    Recoveries(JobEngine engine) {
        this.engine = engine;
    }

    /** Takes over the jobs that have no end, before anybody asks for a job object. */
    void found(List<JobRecord> records) {
        Map<TargetId, List<JobRecord>> open = records.stream()
                .filter(record -> record.end() == null)
                .collect(Collectors.groupingBy(JobRecord::target));
        open.forEach((target, its) -> {
            CoreJobObject object = engine.objects().ofInterrupted(target);
            Interrupted interrupted = new Interrupted();
            Admission admission = object.lock();
            admission.close();
            for (JobRecord record : its) {
                InterruptedEntry job =
                        new InterruptedEntry(object, record, engine.recorder().follow(record));
                admission.slots.add(job);
                interrupted.jobs.add(job);
                LOG.info("{} was interrupted, and is to be recovered", job);
            }
            object.unlock(admission);
            targets.put(target, interrupted);
            TargetId parent = target.parent();
            if (parent != null) {
                children.computeIfAbsent(parent, key -> ConcurrentHashMap.newKeySet())
                        .add(interrupted);
            }
        });
    }

    /** Has interrupted jobs hold the parent of their targets. Nobody knows its job object yet. */
    void holdParent(CoreJobObject parent) {
        for (Interrupted interrupted : children.getOrDefault(parent.target, Set.of())) {
            interrupted.jobs.forEach(job -> job.hold(parent));
        }
    }

    /** Has the jobs of a kind of targets recovered that were not yet. */
    void wantAll(String kind) {
        targets.forEach((target, interrupted) -> {
            if (target.kind().equals(kind)) {
                want(target, interrupted);
            }
        });
    }

    /** Has a job recovered; false if it is none that waits for that. */
    boolean want(long jobId) {
        for (Map.Entry<TargetId, Interrupted> target : targets.entrySet()) {
            for (InterruptedEntry job : target.getValue().jobs) {
                if (job.id == jobId && job.life().open()) {
                    want(target.getKey(), target.getValue());
                    return true;
                }
            }
        }
        return false;
    }

    private void want(TargetId target, Interrupted interrupted) {
        if (interrupted.wanted.getAndIncrement() == 0) {
            attempts.add(() -> recover(target, interrupted));
            startThread();
        }
    }

    private void startThread() {
        if (running.getAndUpdate(now -> Math.min(now + 1, AT_ONCE)) < AT_ONCE) {
            engine.execute(this::runAttempts);
        }
    }

    private void runAttempts() {
        try {
            for (Runnable next = attempts.poll(); next != null; next = attempts.poll()) {
                next.run();
            }
        } finally {
            running.decrementAndGet();
            if (!attempts.isEmpty()) {
                // it was added when this thread had seen none and still counted
                startThread();
            }
        }
    }

    private void recover(TargetId target, Interrupted interrupted) {
        int seen;
        do {
            seen = interrupted.wanted.get();
            interrupted.jobs.forEach(this::recover);
            interrupted.jobs.removeIf(job -> !job.life().open());
            if (interrupted.jobs.isEmpty()) {
                targets.remove(target);
                forgetChild(target.parent(), interrupted);
            }
        } while (interrupted.wanted.addAndGet(-seen) != 0);
    }

    private void forgetChild(@Nullable TargetId parent, Interrupted interrupted) {
        Set<Interrupted> siblings = parent == null ? null : children.get(parent);
        if (siblings != null) {
            siblings.remove(interrupted);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever the adapter throws is why it failed
    private void recover(InterruptedEntry job) {
        Optional<TargetAdapter<?>> adapter = engine.adapters().ofKind(job.object.target.kind());
        if (adapter.isEmpty() || !job.life().open() || engine.closing()) {
            return;
        }
        InterruptedView view = new InterruptedView(engine, job);
        try {
            Recovery recovery = adapter.get().recover(view);
            JobOutcome outcome = recovery.outcome();
            if (outcome != null) {
                end(job, outcome, recovery.detail());
            } else if (!view.wentOn()) {
                LOG.info("{} is not recovered yet: {}", job, recovery.detail());
                note(job, new IllegalStateException(recovery.detail()));
            }
        } catch (Exception | LinkageError e) {
            LOG.error(
                    "{} is not recovered; its target stays closed to others until the next attempt"
                            + " succeeds, or it is released",
                    job,
                    e);
            note(job, e);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Shows why a job is not recovered to whoever looks at it. */
    private static void note(InterruptedEntry job, Throwable why) {
        job.failIfOpen(why);
    }

    private static void end(InterruptedEntry job, JobOutcome outcome, String detail) {
        String what = "it was interrupted while it ran; " + detail;
        if (job.end(outcome, new JobAbortedException(job.id, what))) {
            LOG.warn("{} is {}: {}", job, outcome, what);
        }
    }
}
