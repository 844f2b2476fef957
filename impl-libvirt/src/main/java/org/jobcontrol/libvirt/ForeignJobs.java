package org.jobcontrol.libvirt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jspecify.annotations.Nullable;
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
     * Domains are looked at beside one another, on the hypervisor's threads: a guest that does not answer
     * keeps one of them, for the half minute after which the daemon gives up, and no slot of its domain.
     * An operation waits for the look until its own deadline, and is then refused: nothing of it is in the
     * daemon yet. An async operation returns at once and looks under its own job, before libvirt is called.
     *
     * A job that is shown is looked at until it is gone. Beside a start or a snapshot libvirt answers
     * nobody; then the reason for which the domain is paused, which takes no job, tells.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ForeignJobs.class);

    private static final long FOLLOW_MILLIS = 500;
    private static final long TICK_MILLIS = 250;

    private final Hypervisor hypervisor;
    private final RunningJobs running;
    private final Looks looks;
    private final Map<UUID, AsyncJob> shown = new ConcurrentHashMap<>();
    private final DomainProbes probes;
    private final List<ScheduledFuture<?>> repeated = new CopyOnWriteArrayList<>();

    /** Set before those that are shown are ended; looked at by whoever has shown one. */
    private volatile boolean closed;

    ForeignJobs(Hypervisor hypervisor, RunningJobs running, Looks looks) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.looks = looks;
        this.probes = new DomainProbes(hypervisor, this::lookNow);
    }

    /** Begins to look at all active domains now and then, and at those with a job more often. */
    void follow(long pollMillis) {
        every(pollMillis, () -> probes.probeInTurn(hypervisor.table().active()));
        every(FOLLOW_MILLIS, () -> probes.probeInTurn(shown.keySet()));
    }

    private void every(long millis, Runnable work) {
        Runnable safe = () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("jobs of other clients of {} are not seen", hypervisor.uri(), e);
            }
        };
        try {
            repeated.add(hypervisor
                    .timer()
                    .scheduleWithFixedDelay(safe, millis, millis, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is being closed", hypervisor.uri(), e);
        }
    }

    /** Looks at a domain some time soon. */
    void lookSoon(UUID domain) {
        if (!closed) {
            probes.probeAgain(domain);
        }
    }

    /**
     * Looks whether another client's job runs on a domain, or still runs.
     *
     * @param limit how long to wait for libvirt's answer
     * @return who has not answered; empty if the answer is there
     */
    Optional<String> look(UUID domain, Duration limit) throws InterruptedException {
        if (hypervisor.isLost() || !worthALook(domain)) {
            return Optional.empty();
        }
        DomainProbes.Probe probe = probes.probe(domain);
        return isOver(probe.answered(), Deadline.in(limit))
                ? Optional.empty()
                : Optional.of(unanswered(probe.seconds()));
    }

    private String unanswered(long seconds) {
        return "libvirt (" + hypervisor.uri() + ") has been asked for " + seconds
                + " s which job runs on it, and does not answer: the guest or the daemon hangs";
    }

    private static boolean isOver(Future<?> future, Deadline deadline) throws InterruptedException {
        try {
            future.get(deadline.left(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOG.debug("a question to libvirt failed", e);
            return true;
        }
    }

    /** Returns whether libvirt has to be asked: not if one of our async jobs runs. */
    private boolean worthALook(UUID domain) {
        return shown.containsKey(domain)
                || jobs(domain).filter(its -> its.info().async().isEmpty()).isPresent();
    }

    /**
     * Waits under an async job of ours, which has not begun at libvirt, until no job of another client
     * runs there.
     *
     * @return what still runs, or who has not answered; empty if ours can begin
     */
    Optional<String> await(UUID domain, AsyncJob job, Duration limit)
            throws JobAbortedException, InterruptedException {
        Deadline deadline = Deadline.in(limit);
        while (isActive(domain) && !hypervisor.isLost()) {
            long asked = System.nanoTime();
            Future<Optional<Map<String, Object>>> answer;
            try {
                answer = hypervisor.threads().submit(() -> statistics(domain));
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is being closed", hypervisor.uri(), e);
                return Optional.empty();
            }
            while (!isOver(answer, Deadline.in(Duration.ofMillis(TICK_MILLIS)))) {
                job.checkpoint();
                if (deadline.left() <= 0) {
                    return Optional.of(
                            unanswered(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - asked)));
                }
            }
            DomainOperation other = operation(answer);
            if (other == null) {
                break;
            }
            if (deadline.left() <= 0) {
                return Optional.of(other + " of another client of " + hypervisor.uri() + " runs");
            }
            hypervisor.awaitLost(TICK_MILLIS);
            job.checkpoint();
        }
        return Optional.empty();
    }

    /** Returns which job libvirt has told of; null if there is none, or the domain does not run. */
    private static @Nullable DomainOperation operation(Future<Optional<Map<String, Object>>> answer)
            throws InterruptedException {
        try {
            return answer.get()
                    .map(its -> operation(JobStatistics.number(its, "operation")))
                    .orElse(null);
        } catch (ExecutionException e) {
            LOG.debug("libvirt does not say which job runs", e);
            return null;
        }
    }

    private void lookNow(UUID domain) {
        if (hypervisor.isLost()) {
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
        return isActive(domain) || shown.containsKey(domain)
                ? looks.jobs(domain)
                : Optional.empty();
    }

    private boolean isActive(UUID domain) {
        return hypervisor
                .table()
                .info(domain)
                .filter(info -> info.state().active())
                .isPresent();
    }

    /** Looks whether there is a job of another client, where none of ours runs. */
    private void find(UUID domain, JobObject jobs) throws LibvirtException {
        Optional<Optional<Map<String, Object>>> statistics = looks.ask(
                jobs,
                // one of ours may have begun meanwhile; from now on none can
                () -> jobs.info().async().isEmpty() ? statistics(domain) : Optional.empty());
        statistics.flatMap(its -> its).ifPresent(its -> show(domain, jobs, its));
    }

    /** Looks whether a job that is shown still runs; its own mask may let no query in. */
    private void follow(UUID domain, AsyncJob known) throws LibvirtException {
        Optional<Optional<Map<String, Object>>> answer;
        try (Job step = known.beginNested(TargetAdapter.LOOK, Duration.ZERO)) {
            answer = looks.askUnder(step, () -> statistics(domain));
        } catch (JobRefusedException e) {
            LOG.debug("domain {} is busy, and looked at later", domain, e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (answer.isEmpty()) {
            LOG.debug("domain {} has not answered in time, and is looked at later", domain);
        } else if (answer.get().isPresent()) {
            Progress progress = JobStatistics.progress(answer.get().get());
            RunningCall.ifOpen(known, open -> open.progress(progress));
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

    /** Shows nothing any more. Waits for nobody: the event loop calls this too. */
    @Override
    public void close() {
        closed = true;
        repeated.forEach(each -> each.cancel(false));
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
