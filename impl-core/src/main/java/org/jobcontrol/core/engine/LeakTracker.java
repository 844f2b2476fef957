package org.jobcontrol.core.engine;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports handles that became garbage while their job still ran, with where the job began. It reports
 * and never ends a job: only a person can know what the work was about.
 */
final class LeakTracker {
    private static final Logger LOG = LoggerFactory.getLogger(LeakTracker.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SAMPLE = 64;

    private final JobEngine engine;
    private final ReferenceQueue<Job> garbage = new ReferenceQueue<>();
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    LeakTracker(JobEngine engine) {
        this.engine = engine;
    }

    /** A job whose owner was given a proxy for it: the engine has the job, and never the proxy. */
    private static final class Watched extends PhantomReference<Job> {
        private final JobHandle job;
        private final Throwable begun;

        Watched(Job proxy, JobHandle job, ReferenceQueue<Job> queue, Throwable begun) {
            super(proxy, queue);
            this.job = job;
            this.begun = begun;
        }
    }

    /** What a proxy does: the same as its job. */
    private record Delegate(JobHandle job) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            try {
                return method.getName().equals("equals") && arguments != null
                        ? job == watched(arguments[0])
                        : method.invoke(job, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    /** Returns where the caller stands, if the handles of what it begins are to be watched. */
    @Nullable
    Throwable here() {
        Settings.LeakTracking which = engine.settings().leakTracking();
        if (which == Settings.LeakTracking.OFF) {
            return null;
        }
        boolean chosen = switch (which) {
            case OFF -> false;
            case SAMPLED -> begun.getAndIncrement() % SAMPLE == 0;
            case ALL -> true;
        };
        return chosen
                ? new Throwable("where it began, in " + Thread.currentThread().getName())
                : null;
    }

    /**
     * Returns what the owner of a job is given: the job, or a proxy if it is to be watched.
     *
     * @param begun where it began, or null if it is not watched
     */
    Job hand(JobHandle job, @Nullable Throwable begun) {
        if (begun == null) {
            return job;
        }
        Class<?> type = job instanceof AsyncJob ? AsyncJob.class : Job.class;
        Job proxy = (Job) Proxy.newProxyInstance(
                LeakTracker.class.getClassLoader(), new Class<?>[] {type}, new Delegate(job));
        watched.add(new Watched(proxy, job, garbage, begun));
        lookLater();
        return proxy;
    }

    /** Returns the job behind what an owner was given. */
    static @Nullable Object watched(@Nullable Object given) {
        return given != null
                        && Proxy.isProxyClass(given.getClass())
                        && Proxy.getInvocationHandler(given) instanceof Delegate delegate
                ? delegate.job
                : given;
    }

    void close() {
        closed = true;
        watched.clear();
    }

    private void lookLater() {
        if (!closed && looking.compareAndSet(false, true)) {
            engine.clock()
                    .at(engine.clock().nanos() + LOOK_NANOS, () -> engine.execute(this::look));
        }
    }

    private void look() {
        looking.set(false);
        for (Reference<?> gone = garbage.poll(); gone != null; gone = garbage.poll()) {
            if (gone instanceof Watched handle
                    && watched.remove(handle)
                    && handle.job.life().open()) {
                LOG.warn("{} was never closed and its handle is garbage", handle.job, handle.begun);
            }
        }
        if (!watched.isEmpty()) {
            lookLater();
        }
    }
}
