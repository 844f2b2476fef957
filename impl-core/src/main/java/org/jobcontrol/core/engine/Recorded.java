package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;

/** What the journal has of one job. Each change makes the next record, and has it written. */
final class Recorded {
    /*
     * The lock is held while a record is written, so that the last one written is the last one made. It
     * is a leaf, but that it waits for the disk.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Consumer<JobRecord> writer;

    @GuardedBy("lock")
    private JobRecord last;

    /** When progress was last written. */
    private volatile long notedNanos;

    /**
     * Begins with a record that is written, or is being so.
     *
     * @param writer writes the next ones; does not fail
     */
    Recorded(JobRecord first, Consumer<JobRecord> writer) {
        this.last = first;
        this.writer = writer;
    }

    /** Returns the last record. */
    JobRecord last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Records a phase, with the progress that belongs to it. */
    void phase(String phase, Progress progress) {
        lock.lock();
        try {
            write(phase, progress, last.attributes(), last.end());
        } finally {
            lock.unlock();
        }
    }

    /** Adds attributes. */
    void attributes(Map<String, String> more) {
        lock.lock();
        try {
            Map<String, String> all = new HashMap<>(last.attributes());
            all.putAll(more);
            write(last.phase(), last.progress(), all, last.end());
        } finally {
            lock.unlock();
        }
    }

    /** Records the end, once. */
    void end(JobRecord.End end, Progress progress) {
        lock.lock();
        try {
            if (last.end() == null) {
                write(last.phase(), progress, last.attributes(), end);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes the last record once more. */
    void again() {
        lock.lock();
        try {
            writer.accept(last);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether progress of that time is worth a record, and counts it as recorded then. */
    boolean isDue(long nanos, long interval) {
        boolean due = nanos - notedNanos >= interval;
        if (due) {
            notedNanos = nanos;
        }
        return due;
    }

    /** Returns the last record with other progress, unless it has an end; it is not worth a wait. */
    @Nullable
    JobRecord progress(Progress progress) {
        if (!lock.tryLock()) {
            return null;
        }
        try {
            if (last.end() != null) {
                return null;
            }
            last = next(last.phase(), progress, last.attributes(), null);
            return last;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void write(
            String phase,
            Progress progress,
            Map<String, String> attributes,
            JobRecord.@Nullable End end) {
        last = next(phase, progress, attributes, end);
        writer.accept(last);
    }

    @GuardedBy("lock")
    private JobRecord next(
            String phase,
            Progress progress,
            Map<String, String> attributes,
            JobRecord.@Nullable End end) {
        return new JobRecord(
                last.id(),
                last.fence(),
                last.target(),
                last.type(),
                last.operation(),
                last.thread(),
                last.bundle(),
                last.queued(),
                last.started(),
                last.mask(),
                phase,
                progress,
                attributes,
                end);
    }
}
