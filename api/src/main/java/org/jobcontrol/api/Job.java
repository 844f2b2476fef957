package org.jobcontrol.api;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A running job: the receipt that says who may work on the target. Whoever holds the handle may end
 * it, in any thread.
 *
 * <p>What the owner did before {@link #close()} happens-before the begin of the next job that had to
 * wait for this one. Safe for use by many threads.
 */
@ProviderType
public interface Job extends AutoCloseable {
    /**
     * Returns the job's number, unique among all jobs of all targets.
     *
     * @return the id
     */
    long id();

    /**
     * Returns a number that grows with every admission on this target, also over job objects that
     * follow one another. A driver that is told the number with each request can refuse late work of
     * an owner from whom the job was taken.
     *
     * @return the fence
     */
    long fence();

    /**
     * Returns what the job runs on.
     *
     * @return the target's id
     */
    TargetId target();

    /**
     * Returns what the job may do.
     *
     * @return the type
     */
    JobType type();

    /**
     * Returns what the job is about.
     *
     * @return the caller's name for the work, or the name of the async operation
     */
    String operation();

    /**
     * Returns what is known of the job now.
     *
     * @return a snapshot; still available when the job has ended
     */
    JobInfo info();

    /**
     * Returns whether the job was asked to end early.
     *
     * @return true from the first abort until the job ends, and for good once it was taken from its
     *     owner
     */
    boolean abortRequested();

    /**
     * Registers what to do when the job is asked to abort. The action runs once, on the thread that
     * asks, outside every lock; at once, on this thread, if an abort was requested before. What it
     * throws is logged.
     *
     * @param action makes the work stop early; it should not wait for that
     * @throws IllegalStateException if the job has ended
     */
    void onAbort(Runnable action);

    /**
     * Ends the work early if that was asked for, and waits here while the job is paused. Work that
     * lasts calls this often.
     *
     * @throws JobAbortedException if an abort was requested; the job's outcome will be ABORTED. Also if
     *     the job was taken from its owner; its outcome is ORPHANED
     * @throws InterruptedException if the thread is interrupted, also while the job is paused
     * @throws IllegalStateException if the job has ended otherwise
     */
    void checkpoint() throws JobAbortedException, InterruptedException;

    /**
     * Returns whether the next {@link #checkpoint} would wait because the job is paused: for work that
     * has to hold something up before it waits, such as a child process.
     *
     * @return true from {@link JobAdmin#pause} until it is resumed, aborted or ended
     */
    boolean pauseRequested();

    /**
     * Says whether the work can be paused. Work that has no checkpoints, such as a call into a hypervisor,
     * says that it cannot, so that {@link JobAdmin#pause} is refused instead of having no effect. A pause that
     * was asked for before and has not begun is given up.
     *
     * @param pausable false if a pause is to be refused from now on; true at first
     * @throws IllegalStateException if the job has ended
     */
    void pausable(boolean pausable);

    /**
     * Says whether the work follows a limit of its bandwidth. If not, {@link JobAdmin#bandwidth} is refused
     * instead of having no effect.
     *
     * @param limitable false if a limit is to be refused from now on; true at first
     * @throws IllegalStateException if the job has ended
     */
    void limitable(boolean limitable);

    /**
     * Returns how fast the work may move data.
     *
     * @return the limit of now, in bytes per second; 0 for none
     */
    long bandwidth();

    /**
     * Limits how fast the work may move data, from now on.
     *
     * @param bytesPerSecond the limit; 0 for none
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if the job has ended
     */
    void bandwidth(long bytesPerSecond);

    /**
     * Says that the work failed. The job still has to be closed; its outcome is then ABORTED for a
     * {@link JobAbortedException} or if an abort was requested, and FAILED otherwise. Exceptions
     * that leave a try block are not seen: whoever catches them calls this.
     *
     * @param cause why
     * @throws IllegalStateException if the job has ended
     */
    void fail(Throwable cause);

    /**
     * Unbinds the job from the thread that began it. Whoever hands a job to another thread calls
     * this first: waiting for a job bound to oneself is refused as a deadlock.
     */
    void detach();

    /**
     * Returns what was last reported.
     *
     * @return the progress; {@link Progress#NONE} at first
     */
    Progress progress();

    /**
     * Reports how far the work has got. Cheap enough to be called for every block.
     *
     * @param value the progress from now on
     * @throws IllegalStateException if the job has ended
     */
    void progress(Progress value);

    /**
     * Says whether the job can be aborted; false past the point of no return.
     *
     * @param abortable true if an abort may be asked for from now on
     * @throws IllegalStateException if the job has ended
     */
    void abortable(boolean abortable);

    /**
     * Asks this very job to end early, whoever calls, and does not wait. Needs no slot: a hung query
     * cannot block it. Runs the {@link #onAbort} actions, then tells the driver.
     *
     * @return what became of it
     */
    AbortResult abort();

    /**
     * Records values with the job, for who recovers it should the process die ({@link
     * org.jobcontrol.api.spi.InterruptedJob#attributes}): what its name does not say, such as the file that it
     * writes. When this returns they are kept as the job's begin is. If they cannot be kept, that is
     * logged and the job goes on. Does nothing for a job that is not recorded: only async and DESTROY
     * jobs are, and where there is a journal.
     *
     * @param attributes values by name, which are added to those that are there
     * @throws IllegalArgumentException if names and values have more than 65,536 characters together
     * @throws IllegalStateException if the job has ended
     */
    void record(Map<String, String> attributes);

    /**
     * Ends the job and lets in whoever can begin now. May be called by any thread and any number of
     * times; only the first has an effect, and a handle from which the job was taken has none.
     */
    @Override
    void close();
}
