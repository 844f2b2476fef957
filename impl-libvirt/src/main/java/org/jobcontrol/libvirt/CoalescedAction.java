package org.jobcontrol.libvirt;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An action that is requested more often than it has to run: requests that come while it runs are answered
 * by one run after it. Each request is followed by a run that begins after it. Safe for use by many threads.
 */
final class CoalescedAction {
    private static final Logger LOG = LoggerFactory.getLogger(CoalescedAction.class);

    private final Executor threads;
    private final Runnable action;

    /** How many requests no run has answered yet; the thread that makes it 1 starts the runs. */
    private final AtomicInteger unanswered = new AtomicInteger();

    CoalescedAction(Executor threads, Runnable action) {
        this.threads = threads;
        this.action = action;
    }

    /** Runs the action some time soon, unless the threads have ended. */
    void request() {
        if (unanswered.getAndIncrement() == 0) {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException e) {
                LOG.debug("the connection is being closed", e);
            }
        }
    }

    private void run() {
        int answered;
        do {
            answered = unanswered.get();
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warn("a list is not brought up to date", e);
            }
        } while (!unanswered.compareAndSet(answered, 0));
    }
}
