package org.jobcontrol.api;

import com.google.errorprone.annotations.MustBeClosed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The service through which bundles find job objects and jobs. Each bundle gets an instance of its
 * own and acts in its own name: its jobs say so, and are cleaned up when it stops.
 */
@ProviderType
public interface JobControl {
    /**
     * Returns the job object of a target, made on first use. The adapter of the most specific class
     * that the target is an instance of names the target and sets its rules.
     *
     * @param target a domain, a storage pool, a volume, or whatever else there is an adapter for
     * @return the job object; equal to any other of the same target until that is closed
     * @throws IllegalArgumentException if there is no adapter for the target's class; it names the
     *     class and the kinds present
     * @throws IllegalStateException if job control has stopped: this service is gone
     */
    JobObject of(Object target);

    /**
     * Returns the job object of a target if there is one.
     *
     * @param id the target's id
     * @return the job object, or empty if none was made or it was closed
     */
    Optional<JobObject> find(TargetId id);

    /**
     * Returns every live job object. One that is closed lives as long as a job runs there, which keeps
     * the next of the same target waiting; it comes before that one.
     *
     * @return a snapshot of each, taken one after another without stopping anybody
     */
    Collection<JobObjectInfo> objects();

    /**
     * Returns a job: running, waiting or finished. All jobs of all targets share one id space.
     *
     * @param id the job's id
     * @return the job, or empty if there was none or it is forgotten. Progress is asked from the
     *     driver if it has some
     */
    Optional<JobInfo> job(long id);

    /**
     * Returns the finished jobs. A request that was never admitted is not among them.
     *
     * @param max how many at most
     * @return the jobs, newest first
     * @throws IllegalArgumentException if {@code max} is negative
     */
    List<JobInfo> history(int max);

    /**
     * Begins jobs on several targets, all or nothing. Parents are taken before their children and
     * each by id, so groups cannot deadlock with one another. A MODIFY, DESTROY or async job on a
     * pool covers the group's jobs on its volumes.
     *
     * @param requests what to begin, in any order
     * @param timeout how long to wait for all together; zero or less tries once
     * @return the running jobs; all but async ones are bound to this thread
     * @throws JobRefusedException if they were not admitted; nothing is held
     * @throws InterruptedException if the thread is interrupted on entry or while waiting
     * @throws IllegalArgumentException if there are no requests, or two for one target
     */
    @MustBeClosed
    JobGroup beginAll(List<JobRequest> requests, Duration timeout)
            throws JobRefusedException, InterruptedException;

    /**
     * Begins jobs on several targets as {@link #beginAll} does, runs work under them in the
     * background, and ends them. If the work throws, all of them end FAILED, or ABORTED for a {@link
     * JobAbortedException}.
     *
     * @param <T> what the work gives
     * @param requests what to begin
     * @param timeout how long to wait for all together; zero or less tries once
     * @param work the work; runs in a thread of its own
     * @return the result to come; its id is that of the first request's job
     * @throws IllegalArgumentException if there are no requests, or two for one target
     */
    <T> JobFuture<T> runAll(List<JobRequest> requests, Duration timeout, JobGroupCallable<T> work);

    /**
     * Asks a job to end early, and waits for that. Needs no slot.
     *
     * @param jobId the job's id; it may wait or run, on any target, begun by any bundle
     * @param timeout how long to wait for the end; zero or less asks and returns
     * @return what became of it
     * @throws InterruptedException if the thread is interrupted; the job was asked all the same
     * @throws IllegalStateException if this would wait for a job bound to the calling thread
     */
    AbortResult abort(long jobId, Duration timeout) throws InterruptedException;

    /**
     * Returns the end of a job, whoever began it.
     *
     * @param jobId the job's id
     * @return completes when the job has ended, on the core's executor; already complete if it has.
     *     For a request that waits and is refused it completes with outcome ABORTED or FAILED and the refusal
     *     as error. Fails with {@link java.util.NoSuchElementException} if there is no such job
     */
    CompletionStage<JobInfo> ended(long jobId);
}
