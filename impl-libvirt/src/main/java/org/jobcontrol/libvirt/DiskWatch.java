package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;

/**
 * One job on disks, from before libvirt is asked to begin it until it has ended, or is released. Events
 * are added by other threads; one thread waits for them.
 */
final class DiskWatch implements AutoCloseable {
    private static final long TICK_MILLIS = 500;
    private static final String UNEXPLAINED = "libvirt does not say why";

    final UUID domain;
    final String disk;
    final Job job;
    final RecordedWork work;
    final DomainOperation operation;

    /** Before libvirt's job began, by {@link System#nanoTime}. */
    final long calledNanos;

    private final DiskJobs jobs;
    private final AtomicBoolean pushing = new AtomicBoolean();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean begun;

    /** What libvirt reports of a job. */
    enum Kind {
        READY,
        COMPLETED,
        FAILED,
        CANCELED,
        STOPPED,
        LOST
    }

    private record Event(Kind kind, String text) {
        static final Event LOST = new Event(Kind.LOST, "the connection to libvirt was lost");
    }

    DiskWatch(
            DiskJobs jobs, UUID domain, String disk, Job job, RecordedWork work, long calledNanos) {
        this.calledNanos = calledNanos;
        this.jobs = jobs;
        this.domain = domain;
        this.disk = disk;
        this.job = job;
        this.work = work;
        this.operation = work.operation().orElseThrow();
    }

    boolean isBackup() {
        return operation == DomainOperation.BACKUP;
    }

    /** Notes that libvirt has begun the job, so that from now on an abort is for this job. */
    void setBegun() {
        begun = true;
        RunningCall.ifOpen(job, open -> RunningCall.begun(open, operation));
    }

    boolean hasBegun() {
        return begun;
    }

    boolean beginPush() {
        return pushing.compareAndSet(false, true);
    }

    void endPush() {
        pushing.set(false);
    }

    // ---- events ---------------------------------------------------------------------------------

    void add(Kind kind) {
        events.add(new Event(kind, UNEXPLAINED));
    }

    void stopped() {
        events.add(new Event(Kind.STOPPED, "domain is not running"));
    }

    void lost() {
        events.add(Event.LOST);
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }

    /** Takes over the statistics of a backup that has ended. */
    void completed(Map<String, Object> statistics) {
        String text = String.valueOf(statistics.getOrDefault("errmsg", ""));
        RunningCall.ifOpen(job, open -> open.progress(JobStatistics.progress(statistics)));
        events.add(new Event(kindOf(statistics), text.isEmpty() ? UNEXPLAINED : text));
    }

    /** Returns how a backup has ended. */
    static Kind kindOf(Map<String, Object> statistics) {
        if (Boolean.FALSE.equals(statistics.get("success"))) {
            return Kind.FAILED;
        }
        // one that was aborted may say that it succeeded, and give a reason all the same
        String text = String.valueOf(statistics.getOrDefault("errmsg", ""));
        return text.isEmpty() ? Kind.COMPLETED : Kind.CANCELED;
    }

    // ---- waiting --------------------------------------------------------------------------------

    /** Waits for the next event, which has to be of this kind. */
    void await(Kind expected) throws DomainException, JobAbortedException, InterruptedException {
        await(Set.of(expected));
    }

    /** Waits for the next event, which has to be of one of these kinds. */
    void await(Set<Kind> expected)
            throws DomainException, JobAbortedException, InterruptedException {
        Event event = next();
        if (event.kind == Kind.LOST) {
            jobs.lost(this);
        }
        if (!expected.contains(event.kind)) {
            throw failure(event);
        }
    }

    /** Waits for the next event, and passes an abort and the bandwidth on meanwhile. */
    private Event next() throws JobAbortedException, InterruptedException {
        boolean interrupted = false;
        long speed = job.bandwidth();
        Event event = null;
        while (event == null) {
            try {
                event = jobs.isLost()
                        ? Event.LOST
                        : events.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (RunningCall.hasEnded(job)) {
                throw RunningCall.released(job);
            }
            if (event == null && (interrupted || job.abortRequested())) {
                jobs.pushSoon(this);
            }
            if (event == null && speed != job.bandwidth()) {
                speed = job.bandwidth();
                jobs.limit(this, speed);
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        return event;
    }

    private DomainException failure(Event event) throws JobAbortedException {
        Reason reason = switch (event.kind) {
            case CANCELED ->
                throw new JobAbortedException(job.id(), operation + " was aborted: " + event.text);
            case LOST -> Reason.CONNECTION_LOST;
            case STOPPED -> Reason.INVALID_STATE;
            default -> Reason.FAILED;
        };
        return new DomainException(reason, jobs.name(domain), event.text, null);
    }

    @Override
    public void close() {
        jobs.remove(this);
    }

    @Override
    public String toString() {
        return operation + " #" + job.id() + " of domain " + domain;
    }
}
