package org.jobcontrol.libvirt;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The async jobs of ours that are calls which return when the work is done: a save, a dump, a
 * migration. Safe for use by many threads.
 */
final class RunningJobs {
    /*
     * Overview. A call of libvirt cannot be interrupted, and a thread in one is lost to Java: a virtual
     * thread would keep its carrier. So it is made on a thread of the hypervisor's, and the thread of
     * the job waits for that one:
     *
     *   job's thread      call ------------------ awaits ------------------> result, or failure
     *                       \                     ^  |                      /
     *   hypervisor's         `--> virDomainSave --|--|---------------------'
     *                                             |  |
     *   aborter's                   virDomainAbortJob
     *
     * Abort. It is pushed to libvirt on the aborter's thread, and asks: the call fails when libvirt has
     * stopped the work. An abort that comes before the daemon has begun is refused by it; so whoever
     * awaits pushes it again, as long as the call lasts. An interrupt is an abort, and the call is waited
     * for all the same: what it does to the domain is not over before.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RunningJobs.class);

    private static final long TICK_MILLIS = 500;
    private static final long ANSWER_SECONDS = 2;
    private static final int TYPE_NONE = 0;

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final Map<UUID, Running> running = new ConcurrentHashMap<>();

    /** A call that is being made, and what takes it back. */
    private record Running(Job job, Push abort, AtomicBoolean pushing, CountDownLatch completed) {}

    /** Takes back work that runs. */
    interface Push {
        void abort() throws LibvirtException;
    }

    /** Work that lasts. */
    interface Work {
        void run() throws LibvirtException;
    }

    /** What is done while work lasts. */
    interface Meanwhile {
        void tick() throws LibvirtException;
    }

    RunningJobs(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
    }

    /** Lets those in whom libvirt lets in, now that it has begun its own job. */
    static void hasBegun(Job job) {
        if (job instanceof AsyncJob async && async.mask().equals(JobMask.of(JobType.DESTROY))) {
            async.mask(DomainOperation.valueOf(job.operation()).defaultMask());
        }
    }

    /** Does work that {@code virDomainAbortJob} takes back. */
    void run(UUID domain, Job job, Work work)
            throws DomainException, JobAbortedException, InterruptedException {
        run(domain, job, () -> abortJob(domain), () -> {}, work);
    }

    /** Does work, and returns when it is done, taken back, or has failed. */
    void run(UUID domain, Job job, Push abort, Meanwhile meanwhile, Work work)
            throws DomainException, JobAbortedException, InterruptedException {
        running.put(domain, new Running(job, abort, new AtomicBoolean(), new CountDownLatch(1)));
        try {
            Future<?> call = hypervisor.threads().submit(() -> {
                work.run();
                return null;
            });
            await(domain, job, call, meanwhile);
            keepStatistics(domain, job);
        } finally {
            running.remove(domain);
            lookAgain(domain);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a push tells of its failure itself
    private void await(UUID domain, Job job, Future<?> call, Meanwhile meanwhile)
            throws DomainException, JobAbortedException, InterruptedException {
        boolean interrupted = false;
        boolean over = false;
        while (!over) {
            try {
                call.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                over = true;
            } catch (TimeoutException e) {
                if (interrupted || job.abortRequested()) {
                    pushSoon(domain);
                }
                tick(domain, meanwhile);
                lookWhetherBegun(domain, job);
            } catch (InterruptedException e) {
                interrupted = true;
                pushSoon(domain);
            } catch (ExecutionException e) {
                if (!interrupted) {
                    throw failure(domain, job, e.getCause());
                }
                over = true;
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    /** Asks, where no event has told: a guest that was paused before is not suspended. */
    private void lookWhetherBegun(UUID domain, Job job) {
        if (!(job instanceof AsyncJob async) || !async.mask().equals(JobMask.of(JobType.DESTROY))) {
            return;
        }
        try (Job step = async.beginNested("libvirt.jobStats", Duration.ZERO)) {
            if (statistics(domain).isPresent()) {
                hasBegun(job);
            }
        } catch (LibvirtException | JobRefusedException e) {
            LOG.debug("domain {} does not say what runs on it", domain, e);
        } catch (InterruptedException e) {
            // for the wait that comes next
            Thread.currentThread().interrupt();
        }
    }

    private static void tick(UUID domain, Meanwhile meanwhile) {
        try {
            meanwhile.tick();
        } catch (LibvirtException e) {
            LOG.debug("domain {} takes no advice now", domain, e);
        }
    }

    private DomainException failure(UUID domain, Job job, @Nullable Throwable cause)
            throws JobAbortedException {
        if (cause instanceof LibvirtException e) {
            if (e.code() == Flags.ERR_OPERATION_ABORTED) {
                throw new JobAbortedException(job.id(), e.text());
            }
            return Failures.of(hypervisor.table().name(domain), e);
        }
        if (cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException("thrown by no call of libvirt", cause);
    }

    /** Passes an abort on, and waits a moment for libvirt's answer: it takes a job there. */
    void abort(UUID domain) {
        try {
            pushSoon(domain).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("domain {} does not say whether its job is aborted", domain, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Future<?> pushSoon(UUID domain) {
        return hypervisor.threads().submit(() -> {
            Running work = running.get(domain);
            // one at a time: each waits in the daemon until it can be asked
            if (work == null || !work.pushing.compareAndSet(false, true)) {
                return;
            }
            try {
                work.abort.abort();
            } catch (LibvirtException e) {
                LOG.debug("{} of domain {} is not aborted yet", work.job.operation(), domain, e);
            } finally {
                work.pushing.set(false);
            }
        });
    }

    void abortJob(UUID domain) throws LibvirtException {
        hypervisor.lanes().run(domain, libvirt.virt()::virDomainAbortJob);
    }

    /** Returns whether a job of ours that is a call runs on a domain. */
    boolean has(UUID domain) {
        return running.containsKey(domain);
    }

    /** Notes progress that libvirt told of its own accord. */
    void progress(UUID domain, Map<String, Object> statistics) {
        Running work = running.get(domain);
        if (work != null) {
            work.job.progress(JobStatistics.progress(statistics));
            work.completed.countDown();
        }
    }

    /** Keeps what libvirt counted; of a domain that has moved away it tells only by an event. */
    private void keepStatistics(UUID domain, Job job) throws InterruptedException {
        try {
            completed(domain).map(JobStatistics::progress).ifPresent(job::progress);
        } catch (LibvirtException e) {
            Running work = running.get(domain);
            boolean told = work != null
                    && job.type() == JobType.ASYNC
                    && work.completed.await(ANSWER_SECONDS, TimeUnit.SECONDS);
            LOG.debug("domain {} is gone; of its job was told: {}", domain, told, e);
        }
    }

    /** Does something with the job that runs on a domain, if there is one, and has not ended by then. */
    void with(UUID domain, Consumer<Job> what) {
        Running work = running.get(domain);
        if (work == null) {
            return;
        }
        try {
            what.accept(work.job);
        } catch (IllegalStateException e) {
            LOG.debug("the job of domain {} has just ended", domain, e);
        }
    }

    /** Asks for the statistics of the job that runs on a domain: takes a QUERY job in the daemon. */
    Optional<Map<String, Object>> statistics(UUID domain) throws LibvirtException {
        return statistics(domain, 0);
    }

    /** Asks for the statistics of the last finished job of a domain: takes no job anywhere. */
    Optional<Map<String, Object>> completed(UUID domain) throws LibvirtException {
        return statistics(
                domain, Flags.DOMAIN_JOB_STATS_COMPLETED | Flags.DOMAIN_JOB_STATS_KEEP_COMPLETED);
    }

    /** Returns the work that a domain is paused for, if it is one beside which libvirt answers nobody. */
    Optional<DomainOperation> pausedFor(UUID domain) throws LibvirtException {
        IntByReference state = new IntByReference();
        IntByReference reason = new IntByReference();
        hypervisor.lanes().run(domain, p -> libvirt.virt().virDomainGetState(p, state, reason, 0));
        if (state.getValue() != Flags.DOMAIN_PAUSED) {
            return Optional.empty();
        }
        return switch (reason.getValue()) {
            case Flags.DOMAIN_PAUSED_SNAPSHOT -> Optional.of(DomainOperation.SNAPSHOT);
            case Flags.DOMAIN_PAUSED_STARTING_UP -> Optional.of(DomainOperation.START);
            default -> Optional.empty();
        };
    }

    private Optional<Map<String, Object>> statistics(UUID domain, int flags)
            throws LibvirtException {
        return hypervisor.lanes().onDomain(domain, pointer -> {
            IntByReference type = new IntByReference();
            PointerByReference parameters = new PointerByReference();
            IntByReference count = new IntByReference();
            libvirt.check(
                    libvirt.virt().virDomainGetJobStats(pointer, type, parameters, count, flags));
            if (parameters.getValue() == null) {
                return Optional.empty();
            }
            try {
                return type.getValue() == TYPE_NONE
                        ? Optional.empty()
                        : Optional.of(
                                TypedParameters.read(parameters.getValue(), count.getValue()));
            } finally {
                libvirt.virt().virTypedParamsFree(parameters.getValue(), count.getValue());
            }
        });
    }

    private void lookAgain(UUID domain) {
        try {
            hypervisor.table().look(domain);
        } catch (LibvirtException e) {
            LOG.debug("domain {} is gone, or does not answer", domain, e);
        }
    }
}
