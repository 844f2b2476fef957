package org.jobcontrol.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * A request that no thread waits for, and what is to come of it. When the request is admitted, {@link
 * Admitted} goes on with it; the result, or the refusal, completes this future.
 *
 * @param <T> what is to come
 */
final class LaterJob<T> extends CompletableFuture<T> implements JobFuture<T> {
    /*
     * Whoever completes the future from outside (cancel, complete, …) wins over what the core delivers:
     * a waiting request is withdrawn, running work is asked to abort, and a handle that can no longer
     * be delivered is closed. Completed by the core is told from completed from outside by settled,
     * which the core sets first.
     *
     * The mover. Every wake-up sends a task to the executor; of several at once, the first goes on
     * until it has seen to all (pending counts them), so the request has one mover at a time.
     */

    @SuppressWarnings("rawtypes") // an updater knows only the class
    private static final AtomicIntegerFieldUpdater<LaterJob> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(LaterJob.class, "pending");

    /** What happens once the request is admitted; on the executor. */
    @FunctionalInterface
    interface Admitted<T> {
        void proceed(LaterJob<T> later);
    }

    private final Request request;
    private final boolean handsOver;
    private final Admitted<T> admitted;
    private volatile int pending;
    private volatile boolean settled;

    /**
     * Makes the future.
     *
     * @param handsOver whether the caller gets the running job itself, and ends it
     * @param admitted what happens once the request is admitted
     */
    LaterJob(Request request, boolean handsOver, Admitted<T> admitted) {
        this.request = request;
        this.handsOver = handsOver;
        this.admitted = admitted;
    }

    /** Sets the request going. */
    LaterJob<T> begin() {
        request.wakeWith(() -> request.engine().execute(this::move));
        if (PENDING.getAndIncrement(this) == 0) {
            // In this thread as far as it goes without waiting, so arrival order is the callers'
            // order.
            moveOn(false);
        }
        return this;
    }

    private void move() {
        if (PENDING.getAndIncrement(this) == 0) {
            moveOn(true);
        }
    }

    private void moveOn(boolean onExecutor) {
        int seen;
        do {
            seen = pending;
            if (request.advance()) {
                // Stays counted: a decided request moves no more. And it lets go of this future,
                // which has the handle, so that a forgotten handle becomes garbage.
                request.wakeWith(() -> {});
                if (onExecutor) {
                    decided();
                } else {
                    request.engine().execute(this::decided);
                }
                return;
            }
        } while (PENDING.addAndGet(this, -seen) != 0);
    }

    private void decided() {
        if (!request.admitted()) {
            failWith(request.refusal());
            return;
        }
        try {
            request.recordBegin();
        } catch (JobRefusedException e) {
            failWith(e);
            return;
        }
        admitted.proceed(this);
    }

    Request request() {
        return request;
    }

    /** Completes the future; false if somebody else has. */
    boolean deliver(@Nullable T value) {
        settled = true;
        return complete(value);
    }

    void failWith(Throwable failure) {
        settled = true;
        completeExceptionally(failure);
    }

    // ---- completed from outside -----------------------------------------------------------------

    @Override
    public boolean complete(@Nullable T value) {
        return withdrawUnlessSettled(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return withdrawUnlessSettled(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return withdrawUnlessSettled(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        // Completes it by none of the other methods.
        var unused = whenComplete((value, failure) -> withdrawUnlessSettled(true));
        return super.completeAsync(supplier, executor);
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        withdrawUnlessSettled(true);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        withdrawUnlessSettled(true);
    }

    private boolean withdrawUnlessSettled(boolean completed) {
        if (completed && !settled) {
            request.jobs().forEach(request.engine().aborts()::ask);
        }
        return completed;
    }

    @Override
    public long id() {
        return request.jobs().get(0).id;
    }

    @Override
    public AbortResult cancel() {
        AbortResult result = AbortResult.TOO_LATE;
        for (JobEntry job : request.jobs()) {
            Audit.record("abort", job, job.owner().bundle());
            AbortResult one = request.engine().aborts().ask(job);
            result = result == AbortResult.TOO_LATE ? one : result;
        }
        if (handsOver && request.admitted() && !isDone()) {
            // Admitted in this moment: the caller wants it no more, so delivery fails and ends it.
            boolean first = completeExceptionally(Refusals.withdrawn(request));
            return first ? AbortResult.LEFT_QUEUE : result;
        }
        return result;
    }

    @Override
    public T await()
            throws JobRefusedException, JobAbortedException, ExecutionException,
                    InterruptedException {
        try {
            return isDone() ? get() : awaitIt();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
                cause = wrapped.getCause();
            }
            if (cause instanceof JobRefusedException refused) {
                throw refused;
            }
            if (cause instanceof JobAbortedException aborted) {
                throw aborted;
            }
            throw e;
        }
    }

    /** Waits, and lets others see that this thread does. */
    private T awaitIt() throws ExecutionException, InterruptedException {
        Deadlocks deadlocks = request.engine().deadlocks();
        deadlocks.awaits(request);
        try {
            return get();
        } finally {
            deadlocks.awaitsNoMore(request);
        }
    }
}
