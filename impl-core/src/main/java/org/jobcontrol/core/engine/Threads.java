package org.jobcontrol.core.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Threads for work that must never wait for a free one. */
final class Threads {
    private static final String PREFIX = "jobcontrol-";
    private static final AtomicLong NUMBER = new AtomicLong();

    private Threads() {}

    /** Returns an executor with a thread for each task: virtual where there are any. */
    static ExecutorService perTask() {
        if (Runtime.version().feature() < 21) {
            return Executors.newCachedThreadPool(factory());
        }
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object named = builder.getMethod("name", String.class, long.class)
                    .invoke(Thread.class.getMethod("ofVirtual").invoke(null), PREFIX, 1L);
            Object factory = builder.getMethod("factory").invoke(named);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("virtual threads are there but cannot be made", e);
        }
    }

    /** Returns a factory of daemon threads that keep no class loader. */
    static ThreadFactory factory() {
        return task -> {
            Thread thread = new Thread(task, PREFIX + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        };
    }
}
