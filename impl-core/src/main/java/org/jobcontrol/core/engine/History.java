package org.jobcontrol.core.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jobcontrol.api.JobInfo;

/**
 * The finished jobs: a ring that overwrites the oldest. Reading takes nothing out of it. Lock-free;
 * a reader sees each record that was there all the while it read.
 */
final class History {
    private record Ring(int size, AtomicReferenceArray<JobInfo> records, AtomicLong added) {}

    private final JobEngine engine;
    private volatile Ring ring;

    History(JobEngine engine) {
        this.engine = engine;
        this.ring = ring(engine.settings().historySize());
    }

    /** Takes a new bound and keeps the newest records. */
    synchronized void resize(int size) {
        if (ring.size == size) {
            return;
        }
        List<JobInfo> newest = newest(size);
        Ring next = ring(size);
        for (int i = newest.size() - 1; i >= 0; i--) {
            add(next, newest.get(i));
        }
        ring = next;
    }

    void add(JobInfo record) {
        if (engine.settings().historySize() > 0) {
            add(ring, record);
        }
    }

    /** Returns at most so many records that are not too old, newest first. */
    List<JobInfo> newest(int max) {
        Ring now = ring;
        Instant oldest = engine.clock()
                .instant(engine.clock().nanos())
                .minus(engine.settings().historyAge());
        List<JobInfo> newest = new ArrayList<>();
        long last = now.added.get();
        int size = now.records.length();
        for (long i = last - 1; i >= Math.max(0, last - size) && newest.size() < max; i--) {
            JobInfo record = now.records.get((int) (i % size));
            if (record != null && !record.ended().orElse(Instant.MAX).isBefore(oldest)) {
                newest.add(record);
            }
        }
        return newest;
    }

    Optional<JobInfo> find(long id) {
        return newest(Integer.MAX_VALUE).stream()
                .filter(record -> record.id() == id)
                .findFirst();
    }

    private static void add(Ring ring, JobInfo record) {
        long index = ring.added.getAndIncrement();
        ring.records.set((int) (index % ring.records.length()), record);
    }

    private static Ring ring(int size) {
        return new Ring(size, new AtomicReferenceArray<>(Math.max(size, 1)), new AtomicLong());
    }
}
