package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call that lasts as long as its work in libvirt, and the job of ours that it is made for. */
final class RunningCall {
    private static final Logger LOG = LoggerFactory.getLogger(RunningCall.class);

    final UUID domain;
    final Job job;
    final DomainOperation operation;

    /** When the call was made, by {@link System#nanoTime}. */
    final long calledNanos = System.nanoTime();

    /** Whether the guest ran when the call was made; then the call cannot succeed without it. */
    final boolean guestRan;

    private final AtomicBoolean pushing = new AtomicBoolean();
    private final CountDownLatch completed = new CountDownLatch(1);
    private volatile @Nullable RecordedWork work;
    private final CountDownLatch returned = new CountDownLatch(1);
    private final CompletableFuture<String> givenUp = new CompletableFuture<>();
    private volatile boolean startRecorded;

    RunningCall(UUID domain, Job job, DomainOperation operation, boolean guestRan) {
        this.domain = domain;
        this.job = job;
        this.operation = operation;
        this.guestRan = guestRan;
    }

    /**
     * Returns whether a job has ended: its owner closed it, or it was released. Whatever libvirt still
     * does for it is not the job's any more, so it must not be aborted in the name of the job.
     */
    static boolean hasEnded(Job job) {
        return job.info().state() == JobState.FINISHED;
    }

    /** Returns the exception for an owner whose job was released; libvirt's work is not stopped by that. */
    static JobAbortedException released(Job job) {
        return new JobAbortedException(
                job.id(),
                job.operation() + " #" + job.id()
                        + " was taken from its owner; libvirt was not asked to stop its work");
    }

    /** Returns whether the job was taken from its owner. */
    static boolean isReleased(Job job) {
        return job.info().outcome().filter(JobOutcome.ORPHANED::equals).isPresent();
    }

    /** Does something with a job, unless it has ended, or ends in this moment. */
    static void ifOpen(Job job, Consumer<Job> action) {
        if (hasEnded(job)) {
            return;
        }
        try {
            action.accept(job);
        } catch (IllegalStateException e) {
            if (!hasEnded(job)) {
                throw e;
            }
            LOG.debug("job #{} has just ended", job.id(), e);
        }
    }

    /** Lets a job be paused and limited again: what its owner does after libvirt's work may be able to. */
    static void steerable(Job job) {
        job.pausable(true);
        job.limitable(true);
    }

    /** Widens the mask to the operation's default once libvirt has started its own job. */
    static void begun(Job job, DomainOperation operation) {
        if (job instanceof AsyncJob async && onlyDestroy(async)) {
            async.mask(operation.defaultMask());
        }
    }

    private static boolean onlyDestroy(AsyncJob job) {
        return job.mask().equals(JobMask.of(JobType.DESTROY));
    }

    /** Widens the job's mask once libvirt has started its own job. */
    void begun() {
        begun(job, operation);
    }

    /** Returns whether something of libvirt's job is not known yet, and libvirt would answer a question. */
    boolean isToLookAt() {
        if (!(job instanceof AsyncJob async)) {
            return false;
        }
        boolean toBegin = onlyDestroy(async) && operation.defaultMask().contains(JobType.QUERY);
        return toBegin || (!startRecorded && async.mask().contains(JobType.QUERY));
    }

    /** Records the work before libvirt is asked for it. */
    void record(RecordedWork recorded) {
        job.record(recorded.attributes());
        work = recorded;
    }

    /** Records when libvirt's job began. */
    void recordStart(Map<String, Object> statistics) {
        RecordedWork recorded = work;
        if (recorded != null) {
            record(recorded.started(statistics));
        }
        startRecorded = true;
    }

    /** Returns what is recorded of the work; empty if it is not recorded. */
    Optional<RecordedWork> work() {
        return Optional.ofNullable(work);
    }

    /** Returns whether the call has returned, so that there is nothing to abort any more. */
    boolean hasReturned() {
        return returned.getCount() == 0;
    }

    void setReturned() {
        returned.countDown();
    }

    /** Waits until the call has returned; false if it has not by the deadline. */
    boolean awaitReturned(Deadline deadline) throws InterruptedException {
        return returned.await(deadline.left(), TimeUnit.NANOSECONDS);
    }

    /** Ends the wait for the call, which goes on in libvirt; the reason is for the owner of the job. */
    void giveUp(String reason) {
        givenUp.complete(reason);
    }

    /** Completes, with the reason, when the call is given up. */
    CompletableFuture<String> givenUp() {
        return givenUp;
    }

    /** Begins to push an abort; false if one is being pushed, which may wait in the daemon. */
    boolean beginPush() {
        return pushing.compareAndSet(false, true);
    }

    void endPush() {
        pushing.set(false);
    }

    /** Notes that libvirt has sent the statistics of the ended job. */
    void setCompleted() {
        completed.countDown();
    }

    boolean awaitCompleted(long seconds) throws InterruptedException {
        return completed.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public String toString() {
        return operation + " #" + job.id() + " of domain " + domain;
    }
}
