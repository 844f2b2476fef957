package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;

/** What the journal has of one job. Each change makes the next record, and has it written. */
final class Recorded {
    /*
     * The lock is held while a record is written, so that the last one written is the last one made. It
     * is a leaf, but that it waits for the disk. Only the begin is written without it, together with
     * those of other jobs; an end waits until the begin was written. Nothing else comes before: nobody
     * has the handle yet.
     */
    private enum Begin {
        BEING_WRITTEN,
        WRITTEN,
        /** The begin is refused, and nothing else is written of the job. */
        FAILED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition begun = lock.newCondition();
    private final Consumer<JobRecord> writer;

    @GuardedBy("lock")
    private Begin begin;

    @GuardedBy("lock")
    private JobRecord last;

    /** When progress was last written. */
    private volatile long notedNanos;

    private Recorded(JobRecord first, Begin begin, Consumer<JobRecord> writer) {
        this.last = first;
        this.begin = begin;
        this.writer = writer;
    }

    /**
     * Begins with a record that is being written; {@link #begun} or {@link #notBegun} follows.
     *
     * @param writer writes the next ones; does not fail
     */
    static Recorded beginning(JobRecord first, Consumer<JobRecord> writer) {
        return new Recorded(first, Begin.BEING_WRITTEN, writer);
    }

    /**
     * Begins with a record that is written.
     *
     * @param writer writes the next ones; does not fail
     */
    static Recorded written(JobRecord first, Consumer<JobRecord> writer) {
        return new Recorded(first, Begin.WRITTEN, writer);
    }

    /** The begin is written. */
    void begun() {
        begun(Begin.WRITTEN);
    }

    /** The begin could not be written, and is refused for that. */
    void notBegun() {
        begun(Begin.FAILED);
    }

    private void begun(Begin value) {
        lock.lock();
        try {
            begin = value;
            begun.signalAll();
        } finally {
            lock.unlock();
        }
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

    /** Records the end, once and after the begin; returns whether it did. */
    boolean end(JobRecord.End end, Progress progress) {
        lock.lock();
        try {
            while (begin == Begin.BEING_WRITTEN) {
                begun.awaitUninterruptibly();
            }
            boolean records = begin == Begin.WRITTEN && last.end() == null;
            if (records) {
                write(last.phase(), progress, last.attributes(), end);
            }
            return records;
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
