package org.jobcontrol.core.engine;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.jobcontrol.api.JobInfo;

/**
 * The finished jobs: a ring that overwrites the oldest. Reading takes nothing out of it. Lock-free;
 * a reader sees each job that was there all the while it read. A job is put here in the moment before
 * it ends, and is shown when it has.
 */
final class History {
    /** At least as many places as are remembered, and a power of two. */
    private record Ring(int size, AtomicReferenceArray<JobEntry> jobs, AtomicLong added) {}

    private final JobEngine engine;
    private volatile Ring ring;

    /** Those that a journal tells of, newest first: they ended before the engine started. */
    private volatile List<PastJob> past = List.of();

    History(JobEngine engine) {
        this.engine = engine;
        this.ring = ring(engine.settings().historySize());
    }

    /** Takes a new bound and keeps the newest. */
    synchronized void resize(int size) {
        if (ring.size == size) {
            return;
        }
        List<JobEntry> newest = ended(ring, size);
        Ring next = ring(size);
        for (int i = newest.size() - 1; i >= 0; i--) {
            add(next, newest.get(i));
        }
        ring = next;
    }

    /** Remembers jobs that ended before the engine started, newest first. */
    void past(List<PastJob> jobs) {
        past = List.copyOf(jobs);
    }

    /** Remembers a job that is about to end, unless it only looked. Of two that end it both may do so. */
    void add(JobEntry job) {
        Ring now = ring;
        if (now.size > 0 && job.remembered()) {
            add(now, job);
        }
    }

    /** Returns at most so many that are not too old, newest first. */
    List<JobInfo> newest(int max) {
        long oldest = engine.clock().nanos() - Request.nanos(engine.settings().historyAge());
        Ring now = ring;
        Stream<JobInfo> ours = ended(now, Integer.MAX_VALUE).stream()
                .filter(job -> job.endedNanos() - oldest >= 0)
                .map(JobSnapshot::of);
        return Stream.concat(ours, earlier(oldest))
                .limit(Math.min(max, now.size))
                .toList();
    }

    private Stream<JobInfo> earlier(long oldest) {
        Instant from = past.isEmpty() ? Instant.EPOCH : engine.clock().instant(oldest);
        return past.stream().filter(job -> job.endedSince(from)).map(job -> job);
    }

    Optional<JobInfo> find(long id) {
        long oldest = engine.clock().nanos() - Request.nanos(engine.settings().historyAge());
        Stream<JobInfo> ours = ended(ring, Integer.MAX_VALUE).stream()
                .filter(job -> job.id == id && job.endedNanos() - oldest >= 0)
                .map(JobSnapshot::of);
        return Stream.concat(ours, earlier(oldest).filter(job -> job.id() == id))
                .findFirst();
    }

    /** Returns those that have ended, newest first and each once. */
    private static List<JobEntry> ended(Ring ring, int max) {
        Set<JobEntry> newest = new LinkedHashSet<>();
        int most = Math.min(ring.size, max);
        long last = ring.added.get();
        long first = Math.max(0, last - ring.jobs.length());
        for (long i = last - 1; i >= first && newest.size() < most; i--) {
            JobEntry job = ring.jobs.get((int) i & (ring.jobs.length() - 1));
            if (job != null && job.left()) {
                newest.add(job);
            }
        }
        return List.copyOf(newest);
    }

    private static void add(Ring ring, JobEntry job) {
        long index = ring.added.getAndIncrement();
        ring.jobs.setRelease((int) index & (ring.jobs.length() - 1), job);
    }

    private static Ring ring(int size) {
        int places = size == 0 ? 1 : Integer.highestOneBit(2 * size - 1);
        return new Ring(size, new AtomicReferenceArray<>(places), new AtomicLong());
    }
}
