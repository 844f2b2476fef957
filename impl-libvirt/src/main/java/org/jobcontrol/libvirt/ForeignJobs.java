package org.jobcontrol.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.spi.TargetAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that other clients of the hypervisor have begun, shown as async jobs of their domains: so ours
 * wait for them here, where that can be seen and taken back, and not for half a minute in the daemon.
 * Safe for use by many threads.
 */
final class ForeignJobs implements AutoCloseable {
    /*
     * Overview. libvirt tells when a job ends, not when one begins. So a domain is looked at
     *
     *   before a job of ours begins that another's job would hold up,
     *   after each event about it,
     *   now and then (poll), if it is active.
     *
     * A look asks for the statistics of the job that runs, which takes a QUERY job in the daemon: so it
     * is done under one of ours, and not at all if that is not admitted at once. No async job of ours can
     * begin while it is held; if none runs, the one that libvirt tells of is another's.
     *
     * A job that is shown is looked at until it is gone. Beside a start or a snapshot libvirt answers
     * nobody; then the reason for which the domain is paused, which takes no job, tells.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ForeignJobs.class);

    private static final long FOLLOW_MILLIS = 500;
    private static final long LAST_LOOK_SECONDS = 5;

    private final Hypervisor hypervisor;
    private final RunningJobs running;
    private final Looks looks;
    private final Map<UUID, AsyncJob> shown = new ConcurrentHashMap<>();
    private final Set<UUID> looking = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;

    /** Set before those that are shown are ended; looked at by whoever has shown one. */
    private volatile boolean closed;

    ForeignJobs(Hypervisor hypervisor, RunningJobs running, Looks looks) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.looks = looks;
        // its thread's name is what people see as the owner of these jobs
        this.timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "another client of " + hypervisor.uri());
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Begins to look at all active domains now and then, and at those with a job more often. */
    void follow(long pollMillis) {
        every(pollMillis, () -> hypervisor.table().active().forEach(this::look));
        every(FOLLOW_MILLIS, () -> shown.keySet().forEach(this::look));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the work tells of its failures itself
    private void every(long millis, Runnable work) {
        Runnable safe = () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("jobs of other clients of {} are not seen", hypervisor.uri(), e);
            }
        };
        timer.scheduleWithFixedDelay(safe, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Looks at a domain some time soon. */
    void lookSoon(UUID domain) {
        try {
            timer.execute(() -> look(domain));
        } catch (RejectedExecutionException e) {
            LOG.debug("domain {} is not looked at any more", domain, e);
        }
    }

    /** Looks whether another client's job runs on a domain, or still runs. */
    void look(UUID domain) {
        // one look at a time is enough: the other one sees the same
        if (hypervisor.isLost() || !looking.add(domain)) {
            return;
        }
        try {
            JobObject jobs = jobs(domain).orElse(null);
            if (jobs == null) {
                return;
            }
            AsyncJob known = shown.get(domain);
            if (known != null && RunningCall.hasEnded(known)) {
                // released: libvirt's job is shown anew, by the next look, if it still runs
                shown.remove(domain, known);
            } else if (known != null) {
                follow(domain, known);
            } else if (jobs.info().async().isEmpty()) {
                find(domain, jobs);
            }
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say what runs on it", domain, e);
            if (e.code() == Flags.ERR_NO_DOMAIN || e.code() == Flags.ERR_OPERATION_INVALID) {
                stopped(domain);
            }
        } finally {
            looking.remove(domain);
        }
    }

    /** The domain does not run any more: a save that was done, or a migration, ends so too. */
    private void stopped(UUID domain) {
        try {
            ended(domain, running.completed(domain));
        } catch (LibvirtException e) {
            LOG.debug("domain {} is gone, and with it what became of its job", domain, e);
            ended(domain, Optional.of(Map.of()));
        }
    }

    private Optional<JobObject> jobs(UUID domain) {
        boolean active = hypervisor
                .table()
                .info(domain)
                .filter(info -> info.state().active())
                .isPresent();
        return active || shown.containsKey(domain) ? looks.jobs(domain) : Optional.empty();
    }

    /** Looks whether there is a job of another client, where none of ours runs. */
    private void find(UUID domain, JobObject jobs) throws LibvirtException {
        Optional<Map<String, Object>> statistics = looks.ask(
                jobs,
                // one of ours may have begun meanwhile; from now on none can
                () -> jobs.info().async().isEmpty() ? statistics(domain) : Optional.empty());
        statistics.ifPresent(its -> show(domain, jobs, its));
    }

    /** Looks whether a job that is shown still runs; its own mask may let no query in. */
    private void follow(UUID domain, AsyncJob known) throws LibvirtException {
        Optional<Map<String, Object>> statistics;
        try (Job step = known.beginNested(TargetAdapter.LOOK, Duration.ZERO)) {
            statistics = statistics(domain);
        } catch (JobRefusedException e) {
            LOG.debug("domain {} is busy, and looked at later", domain, e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (statistics.isPresent()) {
            RunningCall.ifOpen(
                    known, open -> open.progress(JobStatistics.progress(statistics.get())));
        } else {
            ended(domain, running.completed(domain));
        }
    }

    private Optional<Map<String, Object>> statistics(UUID domain) throws LibvirtException {
        Optional<DomainOperation> silent = running.pausedFor(domain);
        return silent.isPresent()
                ? Optional.of(Map.of("operation", silent.get().libvirtCode()))
                : running.statistics(domain);
    }

    @SuppressWarnings("MustBeClosedChecker") // closed when the other client's job has ended
    private void show(UUID domain, JobObject jobs, Map<String, Object> statistics) {
        DomainOperation operation = operation(JobStatistics.number(statistics, "operation"));
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        try {
            thread.setName("another client of " + hypervisor.uri());
            AsyncJob job =
                    jobs.beginAsync(new Foreign(operation), operation.defaultMask(), Duration.ZERO);
            job.detach();
            long seenNanos = System.nanoTime();
            job.onAbort(() -> abortSoon(domain, job, statistics, seenNanos));
            job.progress(JobStatistics.progress(statistics));
            shown.put(domain, job);
            if (closed) {
                close();
            }
        } catch (JobRefusedException e) {
            LOG.debug("{} of another client is not shown yet", operation, e);
        } catch (InterruptedException e) {
            thread.interrupt();
        } finally {
            thread.setName(name);
        }
    }

    /** Work of others: a crash of ours is nothing to it. */
    private record Foreign(DomainOperation operation) implements AsyncOperation {
        @Override
        public String name() {
            return operation.name();
        }

        @Override
        public JobMask defaultMask() {
            return operation.defaultMask();
        }

        @Override
        public boolean recorded() {
            return false;
        }
    }

    private static DomainOperation operation(long code) {
        for (DomainOperation operation : DomainOperation.values()) {
            if (operation.libvirtCode() == code && code != 0) {
                return operation;
            }
        }
        // a kind of a later libvirt: the narrowest mask
        return DomainOperation.START;
    }

    /** Another client's job is gone; what libvirt keeps of it says how it ended. */
    private void ended(UUID domain, Optional<Map<String, Object>> completed) {
        try (AsyncJob job = shown.remove(domain)) {
            if (job == null) {
                return;
            }
            if (completed.isEmpty()) {
                JobAbortedException aborted =
                        new JobAbortedException(job.id(), "it left no record, as when aborted");
                RunningCall.ifOpen(job, open -> open.fail(aborted));
            } else {
                RunningCall.ifOpen(
                        job, open -> open.progress(JobStatistics.progress(completed.get())));
            }
        }
    }

    /** Aborts another client's job, without waiting for libvirt's answer. */
    private void abortSoon(UUID domain, AsyncJob job, Map<String, Object> seen, long seenNanos) {
        try {
            hypervisor.threads().execute(() -> abort(domain, job, seen, seenNanos));
        } catch (RejectedExecutionException e) {
            LOG.debug("job #{} is not aborted: the connection is being closed", job.id(), e);
        }
    }

    /** Aborts the job that runs in libvirt, if it is still the one that is shown. */
    private void abort(UUID domain, AsyncJob job, Map<String, Object> seen, long seenNanos) {
        try {
            boolean runs = running.statistics(domain)
                    .filter(now -> JobIdentity.isSame(seen, seenNanos, now))
                    .isPresent();
            if (runs && !RunningCall.hasEnded(job)) {
                running.abortJob(domain);
            }
        } catch (LibvirtException e) {
            LOG.warn(
                    "{} of another client on domain {} is not aborted: {}",
                    job.operation(),
                    hypervisor.table().name(domain),
                    e.text());
            RunningCall.ifOpen(job, open -> open.abortable(false));
        }
    }

    /** Waits a moment until nobody looks any more, once this is closed. */
    void awaitClosed() throws InterruptedException {
        if (!timer.awaitTermination(LAST_LOOK_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn(
                    "a look at {} still lasts, and keeps a thread of this bundle",
                    hypervisor.uri());
        }
    }

    /** Shows nothing any more. Waits for nobody: the event loop calls this too. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        shown.keySet().forEach(domain -> {
            try (AsyncJob job = shown.remove(domain)) {
                if (job != null) {
                    IllegalStateException closing =
                            new IllegalStateException("the connection to libvirt was closed");
                    RunningCall.ifOpen(job, open -> open.fail(closing));
                }
            }
        });
    }
}
