package org.jobcontrol.core.conformance;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;

/** A thread of a trace, and what it holds. */
final class Actor {
    private static final long PATIENCE_SECONDS = 20;

    final String name;
    private final ExecutorService executor;
    private volatile Thread thread;
    Job job;
    Job agent;
    AsyncJob async;

    /** The begin it waits in, or null. */
    Future<Outcome> waiting;

    /** When it last began to wait. */
    long asked;

    Actor(String name) {
        this.name = name;
        this.executor = Executors.newSingleThreadExecutor(task -> {
            thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs something in the actor's thread. */
    Future<Outcome> submit(Callable<Outcome> call) {
        return executor.submit(call);
    }

    /** Returns whether the actor's begin has done all it can and waits now. */
    boolean parkedInRequest() {
        Object blocker = thread == null ? null : LockSupport.getBlocker(thread);
        return blocker != null && blocker.getClass().getSimpleName().equals("Request");
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits for what was submitted; it is bound to be over at once. */
    static Outcome await(Future<Outcome> call) throws InterruptedException {
        try {
            return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("an actor failed", e);
        }
    }

    void stop() {
        executor.shutdownNow();
    }
}
