package org.jobcontrol.core.engine;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    private final ReferenceQueue<JobHandle> garbage = new ReferenceQueue<>();
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    LeakTracker(JobEngine engine) {
        this.engine = engine;
    }

    private static final class Watched extends PhantomReference<JobHandle> {
        private final JobEntry job;
        private final Throwable begun;

        Watched(JobHandle handle, ReferenceQueue<JobHandle> queue, Throwable begun) {
            super(handle, queue);
            this.job = handle.job;
            this.begun = begun;
        }
    }

    /** Returns where the caller stands, if the handles of what it begins are to be watched. */
    @Nullable
    Throwable here() {
        boolean chosen = switch (engine.settings().leakTracking()) {
            case OFF -> false;
            case SAMPLED -> begun.getAndIncrement() % SAMPLE == 0;
            case ALL -> true;
        };
        return chosen
                ? new Throwable("where it began, in " + Thread.currentThread().getName())
                : null;
    }

    /** Watches a handle whose job began there. */
    void watch(JobHandle handle, Throwable begun) {
        watched.add(new Watched(handle, garbage, begun));
        lookLater();
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
                LOG.warn(
                        "{} was never closed and its handle is garbage",
                        JobHandle.name(handle.job),
                        handle.begun);
            }
        }
        if (!watched.isEmpty()) {
            lookLater();
        }
    }
}
