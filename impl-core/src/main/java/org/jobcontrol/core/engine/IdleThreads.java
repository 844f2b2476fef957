package org.jobcontrol.core.engine;

import java.util.Objects;
import java.util.Set;

/** Tells threads of a pool that wait for their next task from threads that work. */
final class IdleThreads {
    /*
     * A thread is idle if it is between two tasks of a pool of java.util.concurrent, and nothing but
     * the JDK's code is on its stack. The first condition alone would not do: a thread factory can wrap
     * the pool's loop in a job that lasts as long as the thread. Nor would the second: work may be
     * in a method of the JDK that was started as the thread's own.
     *
     * Limits. Where a thread factory or a queue of others is on the stack, or the pool is not one of
     * java.util.concurrent, a thread counts as one that works for as long as it lives. A thread that
     * works for somebody else by now does so until it is seen between two tasks. And it cannot be seen
     * that another thread goes on with the work of a job: a job whose work changes threads must be an
     * async one.
     */
    private static final Set<String> BETWEEN_TASKS = Set.of(
            "java.util.concurrent.ThreadPoolExecutor.getTask",
            "java.util.concurrent.ForkJoinPool.awaitWork");

    private IdleThreads() {}

    /** Returns whether a live thread waits for its next task. */
    static boolean contains(Thread thread) {
        StackTraceElement[] stack = Objects.requireNonNull(thread.getStackTrace(), "stack");
        boolean between = false;
        for (StackTraceElement frame : stack) {
            if (!"java.base".equals(frame.getModuleName())) {
                return false;
            }
            between |= BETWEEN_TASKS.contains(frame.getClassName() + "." + frame.getMethodName());
        }
        return between;
    }
}
