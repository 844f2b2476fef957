package org.jobcontrol.core.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the jobs that a crash must not lose, where there is a journal. Safe for use by many threads. */
final class Recorder {
    /*
     * When what is written, and what becomes of it if that fails:
     *
     *   of a job    | when                                         | if it cannot be written
     *   ------------+----------------------------------------------+-----------------------------------
     *   begin       | it has its slot, and nobody has the handle   | the job ends FAILED, and the begin
     *               |                                              | is refused JOURNAL with the cause
     *   phase,      | before it is so for others                   | logged; the job goes on
     *   attributes  |                                              |
     *   progress    | now and then, without waiting                | nothing
     *   end         | the outcome is decided, and the slot is not  | logged, and owed: written with the
     *               | free yet                                     | next begin, or after a while
     *
     * So who begins on a target next does not meet the recovery of the last one, and an end that anybody
     * knows of is one that the journal knows of, unless the log says otherwise. A job that is released
     * while its begin is written ends after that: the end is never written before the begin.
     *
     * The journal may be of another bundle, and fail as it likes. It is never called under a lock of a
     * job object, nor on a thread that ended another job to let this one in: on the thread that begins
     * or ends the job itself, or the executor's.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    private static final long NOTE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_ATTRIBUTES = 1 << 16;
    private static final long OWED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final JobEngine engine;
    private final @Nullable JobJournal journal;

    /** Ends that could not be written yet. */
    private final Queue<Recorded> owed = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean owing = new AtomicBoolean();

    /** The ids of recorded jobs that have ended, oldest first: as many as the history remembers. */
    private final Deque<Long> ended = new ArrayDeque<>();

    private volatile boolean closed;

    Recorder(JobEngine engine, @Nullable JobJournal journal) {
        this.engine = engine;
        this.journal = journal;
    }

    /** Reserves numbers, so that they are not used again after a crash. */
    void reserve(JobJournal.Numbers numbers) {
        JobJournal its = journal;
        if (its == null) {
            return;
        }
        try {
            its.reserve(numbers);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.error(
                    "ids up to {} are not reserved: a crash may have them used again",
                    numbers.id(),
                    e);
        }
    }

    // ---- begin ----------------------------------------------------------------------------------

    /**
     * Records those of some jobs, which have just been admitted, that are to be recorded. If that fails
     * they have ended when this returns.
     */
    void begun(List<? extends JobEntry> jobs) throws JobRefusedException {
        JobJournal its = journal;
        if (its == null) {
            return;
        }
        List<JobEntry> recorded = new ArrayList<>();
        List<Recorded> begins = new ArrayList<>();
        List<JobRecord> records = new ArrayList<>();
        for (JobEntry job : jobs) {
            Extras extras = job.recordable() ? job.extrasIfOpen() : null;
            if (extras != null) {
                Recorded begin = Recorded.beginning(record(job), this::write);
                extras.recorded = begin;
                recorded.add(job);
                begins.add(begin);
                records.add(begin.last());
            }
        }
        if (records.isEmpty()) {
            return;
        }
        List<Recorded> paid = takeOwed();
        records.addAll(0, paid.stream().map(Recorded::last).toList());
        boolean written = false;
        try {
            its.write(records);
            written = true;
        } catch (IOException | RuntimeException | LinkageError e) {
            paid.forEach(this::owe);
            throw refuse(jobs, recorded, e);
        } finally {
            begins.forEach(written ? Recorded::begun : Recorded::notBegun);
        }
        // One that was released meanwhile has ended, and may not have known that it is recorded.
        recorded.stream().filter(job -> !job.life().open()).forEach(this::ended);
    }

    private static JobRefusedException refuse(
            List<? extends JobEntry> jobs, List<JobEntry> recorded, Throwable cause) {
        JobRefusedException refusal = Refusals.notRecorded(recorded.get(0), cause);
        for (JobEntry job : recorded) {
            Extras extras = job.extras();
            if (extras != null) {
                extras.recorded = null;
            }
        }
        for (int i = jobs.size() - 1; i >= 0; i--) {
            jobs.get(i).end(JobOutcome.FAILED, refusal);
        }
        return refusal;
    }

    private JobRecord record(JobEntry job) {
        EngineClock clock = engine.clock();
        return new JobRecord(
                job.id,
                job.fence(),
                job.object.target,
                job.type,
                job.operation,
                job.owner().thread(),
                job.owner().bundle(),
                clock.instant(job.queuedNanos()),
                clock.instant(job.startedNanos()),
                job.type == JobType.ASYNC ? job.mask() : JobMask.NONE,
                job.life().phase(),
                Progress.NONE,
                Map.of(),
                null);
    }

    /** Returns what is to follow the record that a journal has of a job. */
    Recorded follow(JobRecord record) {
        return Recorded.written(record, this::write);
    }

    // ---- while it runs --------------------------------------------------------------------------

    static @Nullable Recorded recordedOf(JobEntry job) {
        Extras extras = job.extras();
        return extras == null ? null : extras.recorded;
    }

    /** Adds attributes to what is recorded of a job, if it is. */
    void attributes(JobEntry job, Map<String, String> attributes) {
        int size = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            size += attribute.getKey().length() + attribute.getValue().length();
        }
        if (size > MOST_ATTRIBUTES) {
            throw new IllegalArgumentException("attributes of " + size + " characters for job #"
                    + job.id + ", and there may be " + MOST_ATTRIBUTES);
        }
        if (!job.life().open()) {
            throw job.stale();
        }
        Recorded recorded = recordedOf(job);
        if (recorded != null) {
            recorded.attributes(attributes);
        }
    }

    /** Notes progress, if that was long ago. */
    void progress(JobEntry job, Progress value, long nanos) {
        JobJournal its = journal;
        Recorded recorded = recordedOf(job);
        if (recorded != null && its != null && recorded.isDue(nanos, NOTE_NANOS)) {
            JobRecord record = recorded.progress(value);
            if (record != null) {
                engine.runForeign("a note of job #" + job.id, () -> its.note(record));
            }
        }
    }

    /** Writes a record of a job that goes on, or has ended, whatever comes of that. */
    private void write(JobRecord record) {
        JobJournal its = journal;
        if (its == null) {
            return;
        }
        try {
            its.write(List.of(record));
        } catch (IOException | RuntimeException | LinkageError e) {
            String what = record.end() == null ? "change" : "end";
            LOG.error(
                    "the {} of job #{} ({}) on {} is not recorded yet: {}",
                    what,
                    record.id(),
                    record.operation(),
                    record.target(),
                    e.getMessage(),
                    e);
            if (record.end() != null) {
                owe(follow(record));
            }
        }
    }

    // ---- end ------------------------------------------------------------------------------------

    /** Records the end of a job whose outcome is decided. */
    void ended(JobEntry job) {
        Recorded recorded = recordedOf(job);
        JobOutcome outcome = job.life().outcome();
        if (recorded == null || outcome == null || closed) {
            // What ends after the core has stopped is the next start's to see to.
            return;
        }
        Throwable failure = job.life().failure();
        String error = outcome == JobOutcome.COMPLETED || failure == null ? "" : text(failure);
        Instant at = engine.clock().instant(job.endedNanos());
        JobRecord.End end = new JobRecord.End(outcome, at, error);
        if (recorded.end(end, JobSnapshot.of(job).progress())) {
            remember(List.of(job.id));
        }
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getName() : message;
    }

    /** Counts jobs whose end is recorded, and has the journal forget what the history forgets too. */
    void remember(List<Long> ids) {
        List<Long> oldest = new ArrayList<>();
        synchronized (ended) {
            ended.addAll(ids);
            while (ended.size() > engine.settings().historySize()) {
                oldest.add(ended.remove());
            }
        }
        JobJournal its = journal;
        if (its != null && !oldest.isEmpty()) {
            engine.runForeign(
                    "forgetting what is recorded of ended jobs", () -> its.forget(oldest));
        }
    }

    private void owe(Recorded end) {
        owed.add(end);
        if (!closed && owing.compareAndSet(false, true)) {
            engine.clock().at(engine.clock().nanos() + OWED_NANOS, () -> engine.execute(this::pay));
        }
    }

    private void pay() {
        owing.set(false);
        takeOwed().forEach(Recorded::again);
    }

    private List<Recorded> takeOwed() {
        List<Recorded> taken = new ArrayList<>();
        for (Recorded end = owed.poll(); end != null; end = owed.poll()) {
            taken.add(end);
        }
        return taken;
    }

    /** Records what is still owed, and that no more numbers are in use than those given out. */
    void close() {
        closed = true;
        pay();
        Numbers numbers = engine.numbers();
        reserve(new JobJournal.Numbers(numbers.lastId(), numbers.lastFence()));
    }
}
