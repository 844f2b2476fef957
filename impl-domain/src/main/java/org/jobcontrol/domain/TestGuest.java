package org.jobcontrol.domain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.domain.TestFiles.Saved;
import org.jspecify.annotations.Nullable;

/** One simulated guest. Safe for use by many threads; nobody waits for anybody. */
final class TestGuest {
    /*
     * Overview. A guest is SHUTOFF, RUNNING or PAUSED. Work that lasts (a start, a save, a restore)
     * keeps it PAUSED and moves it on at its end:
     *
     *              begin                  finish                    close, unless finished
     *   start      SHUTOFF -> PAUSED      -> RUNNING                -> SHUTOFF
     *   restore    SHUTOFF -> PAUSED      -> RUNNING or PAUSED      -> SHUTOFF
     *   save       active  -> PAUSED      -> SHUTOFF                -> as it was
     *
     * A kill makes it SHUTOFF at any time and takes it from the work, which finds out at its next
     * step and must not touch the guest any more: who the guest belongs to (work) decides that.
     *
     * Locking. One lock, held for a few assignments only; nothing is called while it is held.
     */
    static final long PAGE = 4096;

    private static final long KIB = 1024;
    private static final long MAX_BLOCK = 1 << 20;
    private static final long BLOCKS_PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000;

    private final DomainSpec spec;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private DomainState state = DomainState.SHUTOFF;

    @GuardedBy("lock")
    private long memory;

    @GuardedBy("lock")
    private @Nullable Work work;

    TestGuest(DomainSpec spec) {
        this.spec = spec;
        this.memory = spec.memory();
    }

    DomainSpec spec() {
        return spec;
    }

    DomainInfo info() {
        synchronized (lock) {
            return new DomainInfo(state, memory, spec.memory(), spec.vcpus(), Instant.now());
        }
    }

    /** Returns what libvirt would say, in its units. */
    DomainStatistics statistics(Set<StatisticsGroup> groups) {
        DomainInfo now = info();
        Map<String, Object> values = new HashMap<>();
        if (groups.contains(StatisticsGroup.STATE)) {
            values.put("state.state", libvirtCode(now.state()));
        }
        if (groups.contains(StatisticsGroup.BALLOON)) {
            values.put("balloon.current", now.memory() / KIB);
            values.put("balloon.maximum", now.maxMemory() / KIB);
        }
        if (groups.contains(StatisticsGroup.VCPU)) {
            values.put("vcpu.current", now.vcpus());
        }
        return new DomainStatistics(values, now.asOf());
    }

    void suspend() throws DomainException {
        change(DomainState.RUNNING, DomainState.PAUSED);
    }

    void resume() throws DomainException {
        change(DomainState.PAUSED, DomainState.RUNNING);
    }

    void setMemory(long bytes) throws DomainException {
        synchronized (lock) {
            requireActive();
            memory = bytes;
        }
    }

    void requireShutOff() throws DomainException {
        synchronized (lock) {
            requireInactive();
        }
    }

    /** Kills the guest, whoever works on it. */
    void kill() throws DomainException {
        synchronized (lock) {
            requireActive();
            shutOff(Reason.INVALID_STATE);
        }
    }

    /** Ends the guest with its driver. */
    void stop() {
        synchronized (lock) {
            shutOff(Reason.DRIVER_STOPPED);
        }
    }

    /** Returns work that has not begun. */
    Work work() {
        return new Work();
    }

    /**
     * Returns what a file says of this guest.
     *
     * @throws DomainException with reason BAD_FILE if it is none of this guest's
     */
    Saved read(Path from) throws DomainException {
        // First of all: to open a pipe would wait for whoever writes to it.
        if (!Files.isRegularFile(from)) {
            throw failure(Reason.BAD_FILE, from + " is no file", null);
        }
        Saved saved;
        try {
            saved = TestFiles.read(from);
        } catch (EOFException | UTFDataFormatException e) {
            throw failure(Reason.BAD_FILE, from + " is no saved domain: " + e.getMessage(), e);
        } catch (IOException e) {
            throw failure(Reason.IO, from + " cannot be read: " + e.getMessage(), e);
        }
        if (!saved.uuid().equals(spec.uuid())) {
            String detail = from + " is of the domain with uuid " + saved.uuid();
            throw failure(Reason.BAD_FILE, detail, null);
        }
        if (saved.memory() <= 0 || saved.memory() > spec.memory()) {
            String detail =
                    from + " has " + saved.memory() + " bytes of memory, not 1 to " + spec.memory();
            throw failure(Reason.BAD_FILE, detail, null);
        }
        return saved;
    }

    DomainException failure(Reason reason, String detail, @Nullable Throwable cause) {
        return new DomainException(reason, spec.name(), detail, cause);
    }

    private static int libvirtCode(DomainState state) {
        return switch (state) {
            case NOSTATE -> 0;
            case RUNNING -> 1;
            case PAUSED -> 3;
            case SHUTDOWN -> 4;
            case SHUTOFF -> 5;
            case CRASHED -> 6;
        };
    }

    private void change(DomainState from, DomainState to) throws DomainException {
        synchronized (lock) {
            requireActive();
            if (state != from || work != null) {
                throw failure(
                        Reason.INVALID_STATE,
                        "domain is " + state.name().toLowerCase(Locale.ROOT),
                        null);
            }
            state = to;
        }
    }

    @GuardedBy("lock")
    private void shutOff(Reason why) {
        state = DomainState.SHUTOFF;
        memory = spec.memory();
        Work losing = work;
        if (losing != null) {
            losing.lose(why);
            work = null;
        }
    }

    @GuardedBy("lock")
    private void requireActive() throws DomainException {
        if (!state.active()) {
            throw failure(Reason.INVALID_STATE, "domain is not running", null);
        }
    }

    @GuardedBy("lock")
    private void requireInactive() throws DomainException {
        if (state.active()) {
            throw failure(Reason.INVALID_STATE, "domain is already running", null);
        }
    }

    private static Progress progress(long total, long moved, long rate) {
        Progress.Amount amount = Progress.Amount.of(total, moved);
        return Progress.builder()
                .data(amount)
                .memory(amount)
                .bandwidth(rate)
                .parameter("memory_page_size", PAGE)
                // the guest is paused: nothing is moved twice
                .parameter("memory_iteration", 0L)
                .parameter("memory_normal", (moved + PAGE - 1) / PAGE)
                .parameter("memory_normal_bytes", moved)
                .build();
    }

    /** Work that a guest is paused for. Belongs to one thread, but for {@link #wake}. */
    final class Work {
        private final CountDownLatch stop = new CountDownLatch(1);

        @GuardedBy("lock")
        private DomainState before = DomainState.SHUTOFF;

        private volatile Reason lost = Reason.INVALID_STATE;

        /** Takes a guest that is, or is not, active, and pauses it. */
        void begin(boolean active) throws DomainException {
            synchronized (lock) {
                if (work != null) {
                    throw failure(
                            Reason.INVALID_STATE,
                            "domain is being started, saved or restored",
                            null);
                }
                if (active) {
                    requireActive();
                } else {
                    requireInactive();
                }
                before = state;
                state = DomainState.PAUSED;
                work = this;
            }
        }

        /** Returns what a file is to say of the guest. */
        Saved saved() {
            synchronized (lock) {
                return new Saved(spec.uuid(), memory, before);
            }
        }

        /**
         * Waits until a moment on the monotonic clock, unless there is a reason to stop.
         *
         * @throws DomainException if the guest was taken from this work
         * @throws JobAbortedException if the job was asked to abort
         */
        void await(long nanos, AsyncJob job)
                throws DomainException, JobAbortedException, InterruptedException {
            stop.await(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            job.checkpoint();
            synchronized (lock) {
                requireOwn();
            }
        }

        /** Moves memory, block by block, at the rate that is set by then. */
        void move(long bytes, LongSupplier rate, AsyncJob job)
                throws DomainException, JobAbortedException, InterruptedException {
            job.onAbort(this::wake);
            job.progress(progress(bytes, 0, rate.getAsLong()));
            long due = System.nanoTime();
            long moved = 0;
            while (moved < bytes) {
                long now = rate.getAsLong();
                long block = Math.max(PAGE, Math.min(MAX_BLOCK, now / BLOCKS_PER_SECOND));
                block = Math.min(block, bytes - moved);
                due += block * SECOND / now;
                await(due, job);
                moved += block;
                job.progress(progress(bytes, moved, now));
            }
        }

        private void lose(Reason why) {
            lost = why;
            wake();
        }

        /** Ends every wait, now and later. */
        void wake() {
            stop.countDown();
        }

        /** Lets the guest go on in its new state. */
        void finish(DomainState after, long memoryAfter) throws DomainException {
            synchronized (lock) {
                requireOwn();
                state = after;
                memory = memoryAfter;
                work = null;
            }
        }

        /** Lets the guest go on as it was, if the work was not finished. */
        void end() {
            synchronized (lock) {
                if (work == this) {
                    state = before;
                    work = null;
                }
            }
        }

        @GuardedBy("lock")
        private void requireOwn() throws DomainException {
            if (work != this) {
                boolean killed = lost == Reason.INVALID_STATE;
                throw failure(lost, killed ? "domain is not running" : "the driver stopped", null);
            }
        }
    }
}
