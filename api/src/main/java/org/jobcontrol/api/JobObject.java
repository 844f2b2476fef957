package org.jobcontrol.api;

import com.google.errorprone.annotations.MustBeClosed;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The object beside a target through which its jobs begin: one per target. It decides which work may
 * run now.
 *
 * <p>A job runs alone in the job slot, unless the target's policy lets types share it. An agent job
 * has a slot of its own. An async job has one too, and lets in only the job types in its mask.
 * Waiting jobs begin in arrival order, except that a job which only the async job keeps out does not
 * hold back those behind it. Jobs are not reentrant: a request that would wait for a job bound to
 * its own thread is refused as a deadlock.
 *
 * <p>A volume's job also holds a shared {@link JobType#CHILD} hold on its pool, under the same
 * deadline. Whoever was admitted looks again whether the target is what it was: it may have changed
 * meanwhile.
 */
@ProviderType
public interface JobObject {
    /**
     * Returns the target.
     *
     * @return its id
     */
    TargetId target();

    /**
     * Begins a job as {@link #begin(JobType, String, Duration)} does, with the configured timeout
     * (30 s unless set otherwise).
     *
     * @param type what the job may do to the target
     * @param operation a short name for the work, shown to whoever has to wait for it
     * @return the running job
     * @throws JobRefusedException if the job was not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     */
    @MustBeClosed
    Job begin(JobType type, String operation) throws JobRefusedException, InterruptedException;

    /**
     * Begins a job, waiting until the jobs already running allow it.
     *
     * <p>Each returned job must be closed:
     *
     * <pre>{@code
     * try (Job job = jobs.begin(MODIFY, "domain.setMemory", Duration.ofSeconds(30))) {
     *     domain.setMemory(size);
     * }
     * }</pre>
     *
     * <p>A wait for a job that is bound to this thread is refused at once as a deadlock. An async job is
     * bound to no thread: a thread that waits for its own async job waits until another one ends it or
     * widens its mask, and is refused at the deadline otherwise; the message then says that the job is
     * the caller's own. A step of an async job is begun with {@link AsyncJob#beginNested}.
     *
     * @param type what the job may do to the target
     * @param operation a short name for the work, shown to whoever has to wait for it
     * @param timeout how long to wait; zero or less tries once
     * @return the running job, bound to this thread
     * @throws JobRefusedException if the job was not admitted; it names the jobs in the way, and
     *     nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting; no job
     *     has begun
     * @throws IllegalArgumentException if the type is none that a caller begins, or the operation is
     *     blank
     */
    @MustBeClosed
    Job begin(JobType type, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException;

    /**
     * Begins a job if it can begin now.
     *
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @return the running job, bound to this thread, or empty for "not now"
     * @throws JobUnavailableException if the job could not begin also if no other job was there: the
     *     target is gone, such jobs are not supported, the core is closing, or it could not be recorded
     */
    Optional<Job> tryBegin(JobType type, String operation);

    /**
     * Begins a job without parking a thread.
     *
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @param timeout how long it may wait; zero or less tries once
     * @return the running job to come, bound to no thread
     */
    JobFuture<Job> beginLater(JobType type, String operation, Duration timeout);

    /**
     * Begins an async job with the operation's default mask and the configured timeout.
     *
     * @param operation what the job does
     * @return the running job, bound to no thread
     * @throws JobRefusedException if the job was not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     */
    @MustBeClosed
    AsyncJob beginAsync(AsyncOperation operation) throws JobRefusedException, InterruptedException;

    /**
     * Begins an async job, waiting until the job slot and the async slot are free. It then holds the
     * async slot only.
     *
     * @param operation what the job does
     * @param mask the types that may run beside it
     * @param timeout how long to wait; zero or less tries once
     * @return the running job, bound to no thread
     * @throws JobRefusedException if the job was not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     */
    @MustBeClosed
    AsyncJob beginAsync(AsyncOperation operation, JobMask mask, Duration timeout)
            throws JobRefusedException, InterruptedException;

    /**
     * Begins an async job without parking a thread.
     *
     * @param operation what the job does
     * @param mask the types that may run beside it
     * @param timeout how long it may wait; zero or less tries once
     * @return the running job to come
     */
    JobFuture<AsyncJob> beginAsyncLater(AsyncOperation operation, JobMask mask, Duration timeout);

    /**
     * Does work under a job, in this thread. The outcome follows from what the work throws.
     *
     * @param <T> what the work gives
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @param timeout how long to wait; zero or less tries once
     * @param work the work
     * @return its result
     * @throws JobRefusedException if the job was not admitted; the work was not begun
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     * @throws Exception what the work throws
     */
    <T> T call(JobType type, String operation, Duration timeout, JobCallable<T> work)
            throws Exception;

    /**
     * Begins a job as a part of a job on this target's parent: the owner of a pool's job works on its
     * volumes. The parent job, a MODIFY, DESTROY or async job, stands for the hold on the pool, and
     * keeps its slot until the last job begun under it has ended, even if it is closed first.
     *
     * @param parentJob the running job on the parent target
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @param timeout how long to wait; zero or less tries once
     * @return the running job, bound to this thread
     * @throws JobRefusedException if the job was not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     * @throws IllegalStateException if the parent job has ended
     * @throws IllegalArgumentException if it is a job of another target than this one's parent, or of
     *     a type that does not cover children
     */
    @MustBeClosed
    Job beginUnder(Job parentJob, JobType type, String operation, Duration timeout)
            throws JobRefusedException, InterruptedException;

    /**
     * Does work under a job in the background, with the configured timeout.
     *
     * @param <T> what the work gives
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @param work the work; runs in a thread of its own, to which the job is bound
     * @return the result to come
     */
    <T> JobFuture<T> run(JobType type, String operation, JobCallable<T> work);

    /**
     * Does work under a job in the background. The job begins, runs, and ends by itself: FAILED if
     * the work throws, ABORTED if it throws {@link JobAbortedException}.
     *
     * @param <T> what the work gives
     * @param type what the job may do to the target
     * @param operation a short name for the work
     * @param timeout how long to wait; zero or less tries once
     * @param work the work; runs in a thread of its own, to which the job is bound
     * @return the result to come
     */
    <T> JobFuture<T> run(JobType type, String operation, Duration timeout, JobCallable<T> work);

    /**
     * Does work under an async job in the background, with the operation's default mask and the
     * configured timeout.
     *
     * @param <T> what the work gives
     * @param operation what the job does
     * @param work the work; runs in a thread of its own, to which the job is bound
     * @return the result to come
     */
    <T> JobFuture<T> runAsync(AsyncOperation operation, AsyncJobCallable<T> work);

    /**
     * Does work under an async job in the background, as {@link #run(JobType, String, Duration,
     * JobCallable)} does under another.
     *
     * @param <T> what the work gives
     * @param operation what the job does
     * @param mask the types that may run beside it
     * @param timeout how long to wait; zero or less tries once
     * @param work the work; runs in a thread of its own, to which the job is bound
     * @return the result to come
     */
    <T> JobFuture<T> runAsync(
            AsyncOperation operation, JobMask mask, Duration timeout, AsyncJobCallable<T> work);

    /**
     * Asks every job in the job slot to abort and waits until they have ended.
     *
     * @param timeout how long to wait; zero or less asks and returns
     * @return true if there was a job, whether it has ended by now or not; false if there was none
     * @throws InterruptedException if the thread is interrupted; the jobs were asked all the same
     * @throws IllegalStateException if this would wait for a job bound to the calling thread
     */
    boolean abort(Duration timeout) throws InterruptedException;

    /**
     * Asks the async job to abort and returns; it may still be running, and may still succeed.
     *
     * @return true if there was an async job
     */
    boolean abortAsync();

    /**
     * Returns who holds the slots and who waits. Never waits, and is never held up by a job.
     *
     * @return a snapshot
     */
    JobObjectInfo info();

    /**
     * Returns the job that ended last.
     *
     * @return the job, or empty if none has ended yet; reading does not destroy it
     */
    Optional<JobInfo> completed();

    /**
     * Explains whether the calling thread could begin a job of some type now.
     *
     * @param type a type that callers begin, or {@link JobType#ASYNC} for an async job
     * @return the answer with its reason
     * @throws IllegalArgumentException if the type is another
     */
    Explanation explain(JobType type);

    /**
     * Says that the target is gone. Those who wait are refused TARGET_GONE, and so is whoever comes
     * later; running jobs go on to their end, nested steps included. A new target of the same name
     * gets a new job object, which admits nothing before the last job of this one has ended. For
     * whoever owns the target. Idempotent.
     */
    void close();
}
