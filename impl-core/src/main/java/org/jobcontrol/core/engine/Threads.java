package org.jobcontrol.core.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Threads for work that must never wait for a free one. */
final class Threads {
    private static final AtomicLong NUMBER = new AtomicLong();

    private Threads() {}

    /** Returns an executor with a thread for each task: virtual where there are any. */
    static ExecutorService perTask() {
        try {
            MethodHandle virtual = MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
            return (ExecutorService) virtual.invokeExact();
        } catch (NoSuchMethodException before21) {
            return Executors.newCachedThreadPool(factory());
        } catch (Throwable e) {
            throw new LinkageError(
                    "newVirtualThreadPerTaskExecutor is there but cannot be called", e);
        }
    }

    /** Returns a factory of daemon threads that keep no class loader. */
    static ThreadFactory factory() {
        return task -> {
            Thread thread = new Thread(task, "jobcontrol-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        };
    }
}
