package org.jobcontrol.core.engine;

import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.spi.JobJournal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: what all job objects have in common. Safe for use by many threads. Close it to stop its
 * threads.
 */
public final class JobEngine implements AutoCloseable {
    /*
     * Locking, in this order; none is held while foreign code runs, a stage completes or a line is
     * logged:
     *   Deadlocks.waitsBegin   while a wait begins
     *   JobObjects (one bin)   while a job object is made
     *   Admission.lock         a successor's before its predecessor's; no two others together
     */

    /** The id of no bundle. */
    public static final long NO_BUNDLE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(JobEngine.class);

    private final EngineClock clock;
    private final ToLongFunction<Class<?>> bundleOfClass;
    private final ExecutorService executor = Threads.perTask();
    private final JobObjects objects = new JobObjects(this);
    private final AdapterRegistry adapters = new AdapterRegistry(this);
    private final Numbers numbers;
    private final Deadlocks deadlocks = new Deadlocks();
    private final Aborts aborts = new Aborts(this);
    private final Begins begins = new Begins(this);
    private final Departures departures = new Departures(this);
    private final Recoveries recoveries = new Recoveries(this);
    private final Recorder recorder;
    private final LeakTracker leaks;
    private final StuckWatch stuck = new StuckWatch(this);
    private final History history;
    private final AtomicReference<@Nullable OrphanListener> orphans = new AtomicReference<>();
    private volatile Settings settings;
    private volatile boolean closing;
    private volatile boolean closed;

    /**
     * Starts an engine that does not know bundles.
     *
     * @param clock its time; closed with it
     * @param settings its limits
     */
    public JobEngine(EngineClock clock, Settings settings) {
        this(clock, settings, null, type -> NO_BUNDLE);
    }

    /**
     * Starts an engine, which goes on where a journal ends. That cannot fail: without one that can be
     * used, it refuses what would have to be recorded.
     *
     * @param clock its time; closed with it
     * @param settings its limits
     * @param journal where it records jobs, or null if a crash may lose them; whoever gives it closes it
     *     after this
     * @param bundleOfClass gives the id of the bundle that a class comes from, or {@link #NO_BUNDLE}
     */
    public JobEngine(
            EngineClock clock,
            Settings settings,
            @Nullable JobJournal journal,
            ToLongFunction<Class<?>> bundleOfClass) {
        this.clock = clock;
        this.settings = settings;
        this.bundleOfClass = bundleOfClass;
        this.history = new History(this);
        this.leaks = new LeakTracker(this);
        OpenedJournal opened = OpenedJournal.of(journal);
        this.recorder = new Recorder(this, opened.journal());
        Instant now = clock.instant(clock.nanos());
        JobJournal.Numbers last = opened.last(now);
        this.numbers = new Numbers(last.id(), last.fence(), now.toEpochMilli());
        JobJournal.Contents found = opened.contents();
        if (found != null) {
            new Restart(this).goOn(found.jobs());
        }
        stuck.interval(settings.stuckWarn());
    }

    /**
     * Returns a job control that acts in the name of a bundle that has no id.
     *
     * @param bundle the bundle's symbolic name
     * @return its job control
     */
    public JobControl control(String bundle) {
        return control(bundle, NO_BUNDLE);
    }

    /**
     * Returns a job control that acts in the name of a bundle.
     *
     * @param bundle the bundle's symbolic name
     * @param bundleId the bundle's id
     * @return its job control
     */
    public JobControl control(String bundle, long bundleId) {
        return new BundleJobControl(this, bundle, bundleId);
    }

    /**
     * Returns what steers the jobs of all bundles.
     *
     * @return the job admin
     */
    public JobAdmin admin() {
        return new EngineAdmin(this);
    }

    /**
     * Returns the adapters.
     *
     * @return the registry
     */
    public AdapterRegistry adapters() {
        return adapters;
    }

    /**
     * Returns the limits.
     *
     * @return the limits of now
     */
    public Settings settings() {
        return settings;
    }

    /**
     * Sets new limits. Requests that wait keep the deadline they have.
     *
     * @param value the limits from now on
     */
    public void settings(Settings value) {
        settings = value;
        history.resize(value.historySize());
        stuck.interval(value.stuckWarn());
    }

    /**
     * Sees to the jobs of a bundle that has stopped: its waiters leave, its running jobs are asked to
     * abort, and after the drain time those that still run are taken from it. Does not wait.
     *
     * @param bundleId the bundle's id
     */
    public void ownerStopped(long bundleId) {
        departures.ownerStopped(bundleId);
    }

    /**
     * Sees to the work whose code is in a bundle that is stopping: what waits is refused, what runs is
     * asked to abort and waited for, at most the drain time.
     *
     * @param bundleId the bundle's id
     */
    public void workerStopping(long bundleId) {
        departures.workerStopping(bundleId);
    }

    /**
     * Has those interrupted jobs recovered that had to wait.
     *
     * @param kind the kind of their targets
     */
    public void recover(String kind) {
        recoveries.wantAll(kind);
    }

    /**
     * Tells of jobs that end orphaned from now on.
     *
     * @param listener who hears of them
     */
    public void orphans(OrphanListener listener) {
        orphans.set(listener);
    }

    /**
     * Tells no more of jobs that end orphaned.
     *
     * @param listener who heard of them; another one stays
     */
    public void noOrphans(OrphanListener listener) {
        orphans.compareAndSet(listener, null);
    }

    /** Admits no more jobs, gives those that run the drain time, aborts the rest, and stops. */
    @Override
    public void close() {
        departures.everybodyLeaves();
        closed = true;
        leaks.close();
        stuck.close();
        recorder.close();
        executor.shutdownNow();
        clock.close();
        // the steps of async jobs that still wait: no timer wakes them at their deadlines
        for (JobEntry job : objects.jobs()) {
            Request request = job.request();
            if (request != null && request.thread() != null && !request.decided()) {
                request.wake();
            }
        }
    }

    // ---- for the other classes of the engine ----------------------------------------------------

    EngineClock clock() {
        return clock;
    }

    JobObjects objects() {
        return objects;
    }

    History history() {
        return history;
    }

    Deadlocks deadlocks() {
        return deadlocks;
    }

    Aborts aborts() {
        return aborts;
    }

    Begins begins() {
        return begins;
    }

    Departures departures() {
        return departures;
    }

    LeakTracker leaks() {
        return leaks;
    }

    Recorder recorder() {
        return recorder;
    }

    /** Tells of a job that has ended orphaned. */
    void orphaned(JobInfo job) {
        OrphanListener listener = orphans.get();
        if (listener != null) {
            runForeign(
                    "telling that job #" + job.id() + " was orphaned",
                    () -> listener.orphaned(job));
        }
    }

    Recoveries recoveries() {
        return recoveries;
    }

    Numbers numbers() {
        return numbers;
    }

    /** Returns a number that is larger than all before: for a job's id, and for its fence. */
    long nextId() {
        return numbers.next();
    }

    /** Returns a number as a fence. */
    long fence(long number) {
        return numbers.fence(number);
    }

    long bundleOf(Object work) {
        return bundleOfClass.applyAsLong(work.getClass());
    }

    boolean closing() {
        return closing;
    }

    boolean closed() {
        return closed;
    }

    /** Refuses whoever waits, and whoever comes later. */
    void startClosing() {
        closing = true;
        objects.refuseAll(Reason.CLOSING);
    }

    /** Runs a task on a thread of its own. */
    void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException stopped) {
            // Only what was under way when the engine stopped: its futures still have to complete.
            Threads.factory().newThread(task).start();
        }
    }

    /** Runs code of others; what it throws is logged and goes no further. */
    void runForeign(String what, Runnable code) {
        try {
            code.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{} failed", what, e);
        }
    }
}
