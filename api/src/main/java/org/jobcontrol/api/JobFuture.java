package org.jobcontrol.api;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A job, or the result of work under one, that is to come. No thread waits meanwhile.
 *
 * <p>It completes on the core's executor, never on the thread that ended a job. It fails with a
 * {@link JobRefusedException} if the job was not admitted, and with what the work threw. Completing
 * {@link #toCompletableFuture()}, which is this very future, from outside is as good as {@link
 * #cancel()}; cancelling a dependent stage is not.
 *
 * @param <T> what is to come
 */
@ProviderType
public interface JobFuture<T> extends CompletionStage<T> {
    /**
     * Returns the job's number, known before the job is admitted.
     *
     * @return the id; in a group, that of the first request's job
     */
    long id();

    /**
     * Withdraws the waiting request, or asks the running job to abort. A job that is admitted in
     * that moment is ended by the core.
     *
     * @return what became of it
     */
    AbortResult cancel();

    /**
     * Waits for the result.
     *
     * <p>A wait that would never end is not begun: if the job waits, directly or through others, for a
     * job that is bound to this thread, it is refused {@link JobRefusedException.Reason#DEADLOCK}.
     * If the work under it already runs and waits for such a job, the begin in which it waits is refused.
     * The other waits of a {@link java.util.concurrent.CompletableFuture} do not tell this.
     *
     * @return the result
     * @throws JobRefusedException if the job was not admitted
     * @throws JobAbortedException if the work ended early because it was asked to
     * @throws ExecutionException if the work failed; the cause is what it threw
     * @throws java.util.concurrent.CancellationException if somebody cancelled {@link
     *     #toCompletableFuture()}
     * @throws InterruptedException if the thread is interrupted; the work goes on
     */
    T await()
            throws JobRefusedException, JobAbortedException, ExecutionException,
                    InterruptedException;
}
