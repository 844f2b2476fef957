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
import org.jspecify.annotations.Nullable;

/**
 * The finished jobs: a ring that overwrites the oldest. Reading takes nothing out of it. Lock-free;
 * a reader sees each job that was there all the while it read. A job is put here in the moment before
 * it ends, and is shown when it has.
 */
final class History {
    /*
     * Room. Jobs that are about to end have places already, and push out the oldest. So there are more
     * places than are remembered: for those that end at one moment, and for those put here twice.
     *
     * A new bound. The ring may be replaced between the moment when a job is put here and that of its
     * end. A new ring is published first, and then gets what had ended: so a job that ended before is
     * copied, and who ended one later sees that the ring is another (settle) and puts it there again.
     * Readers look into the previous ring, too, until the copy is done.
     */
    /** How many jobs may end at one moment. */
    private static final int ENDING = 64;

    /** The places, a power of two; how many of them are remembered; how many were put there. */
    static final class Ring {
        final int size;
        final AtomicReferenceArray<JobEntry> jobs;
        final AtomicLong added;

        /** What is to be copied to this one; null when it was. */
        volatile @Nullable Ring previous;

        Ring(int size, @Nullable Ring previous) {
            this.size = size;
            this.jobs = new AtomicReferenceArray<>(Integer.highestOneBit(2 * (size + ENDING) - 1));
            // The first places are for what is copied.
            this.added = new AtomicLong(size);
            this.previous = previous;
        }

        int place(long index) {
            return (int) index & (jobs.length() - 1);
        }

        void add(JobEntry job) {
            jobs.setRelease(place(added.getAndIncrement()), job);
        }

        /** Adds to a set the jobs that have ended, the last added first. */
        void collect(Set<JobEntry> ended) {
            // First: when it is null, what was in it is here.
            Ring earlier = previous;
            long last = added.get();
            long first = Math.max(0, last - jobs.length());
            for (long i = last - 1; i >= first; i--) {
                JobEntry job = jobs.get(place(i));
                if (job != null && job.left()) {
                    ended.add(job);
                }
            }
            if (earlier != null) {
                earlier.collect(ended);
            }
        }

        /** Copies what had ended, the newest first, where nothing newer is yet. */
        void copyPrevious() {
            List<JobEntry> ended = previous == null ? List.of() : newest(previous, size);
            for (int i = 0; i < ended.size(); i++) {
                jobs.compareAndSet(place(size - 1 - i), null, ended.get(i));
            }
            previous = null;
        }
    }

    private final JobEngine engine;
    private volatile Ring ring;

    /** Those that a journal tells of, newest first: they ended before the engine started. */
    private volatile List<PastJob> past = List.of();

    History(JobEngine engine) {
        this.engine = engine;
        this.ring = new Ring(engine.settings().historySize(), null);
    }

    /** Takes a new bound and keeps the newest. */
    synchronized void resize(int size) {
        if (ring.size != size) {
            Ring next = new Ring(size, ring);
            ring = next;
            next.copyPrevious();
        }
    }

    /** Remembers jobs that ended before the engine started, newest first. */
    void past(List<PastJob> jobs) {
        past = List.copyOf(jobs);
    }

    /**
     * Remembers a job that is about to end, unless it only looked. Of two that end it both may do so.
     *
     * @return where it was put, or null if nowhere; for {@link #settle}
     */
    @Nullable
    Ring add(JobEntry job) {
        Ring now = ring;
        if (now.size == 0 || !job.remembered()) {
            return null;
        }
        now.add(job);
        return now;
    }

    /** Remembers a job that has ended also if the ring was replaced meanwhile. */
    void settle(JobEntry job, @Nullable Ring at) {
        Ring now = ring;
        while (now != at && now.size > 0 && job.remembered()) {
            now.add(job);
            at = now;
            now = ring;
        }
    }

    /** Returns at most so many that are not too old, newest first. */
    List<JobInfo> newest(int max) {
        long oldest = engine.clock().nanos() - Request.nanos(engine.settings().historyAge());
        Ring now = ring;
        Stream<JobInfo> ours = newest(now, now.size).stream()
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
        Ring now = ring;
        Stream<JobInfo> ours = newest(now, now.size).stream()
                .filter(job -> job.id == id && job.endedNanos() - oldest >= 0)
                .map(JobSnapshot::of);
        return Stream.concat(ours, earlier(oldest).filter(job -> job.id() == id))
                .findFirst();
    }

    /** Returns at most so many that have ended, newest first and each once. */
    private static List<JobEntry> newest(Ring ring, int max) {
        Set<JobEntry> ended = new LinkedHashSet<>();
        ring.collect(ended);
        return ended.stream().limit(max).toList();
    }
}
