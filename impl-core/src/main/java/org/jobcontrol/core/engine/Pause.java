package org.jobcontrol.core.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds up the work of one job at its checkpoints. The lock is a leaf. */
final class Pause {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private volatile boolean asked;
    private final AtomicInteger standing = new AtomicInteger();

    void ask() {
        asked = true;
    }

    boolean asked() {
        return asked;
    }

    /** Returns whether work stands at a checkpoint. */
    boolean stands() {
        return standing.get() > 0;
    }

    void end() {
        lock.lock();
        try {
            asked = false;
            over.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits in a checkpoint until the pause is over. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            standing.incrementAndGet();
            while (asked) {
                over.await();
            }
        } finally {
            standing.decrementAndGet();
            lock.unlock();
        }
    }
}
