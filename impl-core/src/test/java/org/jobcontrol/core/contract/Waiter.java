package org.jobcontrol.core.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;

/**
 * A begin in a thread of its own.
 *
 * @param <J> what it begins
 */
public final class Waiter<J> {
    private final CompletableFuture<J> result = new CompletableFuture<>();
    private final Thread thread;

    private Waiter(Callable<J> begin) {
        thread = new Thread(() -> {
            try {
                result.complete(begin.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
    }

    /** Starts a begin that is not bound to wait. */
    public static <J> Waiter<J> start(Callable<J> begin) {
        return new Waiter<>(begin);
    }

    /** Starts a begin and returns when it is in the queue. */
    public static <J> Waiter<J> queued(JobObject jobs, Callable<J> begin) {
        int before = jobs.info().queue().size();
        Waiter<J> waiter = new Waiter<>(begin);
        await().until(() -> waiter.result.isDone() || jobs.info().queue().size() > before);
        if (waiter.result.isDone()) {
            throw new AssertionError("it did not wait: " + waiter.result);
        }
        return waiter;
    }

    public void interrupt() {
        thread.interrupt();
    }

    public Thread thread() {
        return thread;
    }

    public boolean waits() {
        return !result.isDone();
    }

    /** Returns what was begun. */
    public J admitted() throws InterruptedException, ExecutionException, TimeoutException {
        return result.get(10, SECONDS);
    }

    /** Returns what the begin threw. */
    public Throwable thrown() throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("admitted: " + result.get(10, SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** Returns the refusal. */
    public JobRefusedException refusal() throws InterruptedException, TimeoutException {
        return JobRefusedException.in(thrown()).orElseThrow();
    }
}
