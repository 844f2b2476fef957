package org.jobcontrol.core.engine;

import java.util.function.Supplier;
import org.jobcontrol.api.JobFuture;
import org.jspecify.annotations.Nullable;

/** Runs work under the jobs of a request once it is admitted, and ends them with what became of it. */
final class Work {
    private Work() {}

    /** The work itself. */
    @FunctionalInterface
    interface Body<H, T> {
        @Nullable
        T call(H handle) throws Exception;
    }

    /**
     * Sets a request going and runs work under it.
     *
     * @param code the caller's work, to know which bundle it comes from
     * @param handle makes what the work is given: the job, or the group
     */
    static <H extends AutoCloseable, T> JobFuture<T> later(
            Request request, Object code, Supplier<H> handle, Body<H, T> body) {
        request.workOf(request.engine().bundleOf(code));
        return new LaterJob<T>(request, false, later -> run(later, handle.get(), body)).begin();
    }

    @SuppressWarnings("CatchingUnchecked") // whatever the work throws is its outcome
    private static <H extends AutoCloseable, T> void run(
            LaterJob<T> later, H handle, Body<H, T> body) {
        Request request = later.request();
        request.jobs().forEach(job -> job.bind(Thread.currentThread()));
        @Nullable T value;
        try {
            for (JobHandle job : request.jobs()) {
                // Aborted in the moment it was admitted: the work does not even begin.
                job.checkpoint();
            }
            value = body.call(handle);
        } catch (Throwable thrown) {
            Throwable failure = request.jobs().get(0).blame(thrown);
            request.jobs().forEach(job -> job.failIfOpen(failure));
            end(request);
            later.failWith(failure);
            return;
        }
        end(request);
        later.deliver(value);
    }

    private static void end(Request request) {
        // What the work itself began later than others ends first.
        for (int i = request.jobs().size() - 1; i >= 0; i--) {
            request.jobs().get(i).end();
        }
    }
}
