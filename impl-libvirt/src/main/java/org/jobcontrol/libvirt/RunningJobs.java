package org.jobcontrol.libvirt;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
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
     *   hypervisor's                virDomainAbortJob
     *
     * Abort. Each call registers its abort on its own job, so the abort of another job on the domain
     * never comes here. It is pushed to libvirt on a thread of the hypervisor's, and asks: the call fails
     * when libvirt has stopped the work. libvirt aborts whatever job runs on the domain, so it is asked
     * first whether that is the one of our call (JobIdentity); between the two questions is the only
     * moment in which another one could be met. An abort that comes before libvirt has begun is pushed
     * again by the waiting thread, as long as the call lasts. An interrupt is an abort, and the call is
     * waited for all the same: what it does to the domain is not over before.
     *
     * Dead guest. libvirt ends the work of a guest that has died, but not before the file that it writes
     * to has taken the last bytes: of a pipe that nobody reads, never. Such a call is given up by an
     * abort or a destroy (HeldJobs): its job ends, and the call stays in the list until it returns, so
     * that the next operation is told what libvirt still holds.
     *
     * Release. A job that is taken from its owner leaves its call in libvirt. The waiting thread stays
     * until the call returns, because the call's arguments are in use until then, but from then on it
     * pushes no abort, reports no progress and asks nothing. The owner gets a JobAbortedException.
     *
     * Order. libvirt runs one such job on a domain at a time. So a domain has more than one call only
     * after a release; what libvirt tells of the domain is about the oldest of them.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RunningJobs.class);

    private static final long TICK_MILLIS = 500;
    private static final long ANSWER_SECONDS = 2;
    private static final int TYPE_NONE = 0;

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final LostWork lostWork;
    private final HeldJobs held;

    /** The calls on each domain, oldest first; each list is replaced as a whole. */
    private final Map<UUID, List<RunningCall>> calls = new ConcurrentHashMap<>();

    /** Work that lasts. */
    interface Work {
        void run() throws LibvirtException;
    }

    /** What is done while work lasts. */
    interface Meanwhile {
        void tick() throws LibvirtException;
    }

    RunningJobs(Hypervisor hypervisor, LostWork lostWork) {
        this.lostWork = lostWork;
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.held = new HeldJobs(hypervisor, this);
    }

    /** Does work that {@code virDomainAbortJob} takes back. */
    void run(UUID domain, Job job, DomainOperation operation, Work work)
            throws DomainException, JobAbortedException, InterruptedException {
        run(domain, job, operation, () -> {}, work);
    }

    /** Does work, and returns when it is done, taken back, or has failed. */
    void run(UUID domain, Job job, DomainOperation operation, Meanwhile meanwhile, Work work)
            throws DomainException, JobAbortedException, InterruptedException {
        job.checkpoint();
        // libvirt sets the speed of a migration, not that of a save or a dump, and pauses none of
        // them
        job.pausable(false);
        boolean limitable = operation == DomainOperation.MIGRATION_OUT;
        job.limitable(limitable);
        if (!limitable) {
            refuseLimit(hypervisor.table().name(domain), job, operation);
        }
        RunningCall call = new RunningCall(domain, job, operation, held.hasGuest(domain));
        CompletableFuture<Void> result = new CompletableFuture<>();
        add(call);
        try {
            job.onAbort(() -> pushSoon(call));
            record(call);
            hypervisor.threads().execute(() -> call(call, work, result));
        } catch (RuntimeException e) {
            remove(call);
            throw e;
        }
        try {
            await(call, result, meanwhile);
            keepStatistics(call);
        } finally {
            afterwards(call, result);
            RunningCall.ifOpen(job, RunningCall::steerable);
            lookAgain(domain);
        }
    }

    private static void call(RunningCall call, Work work, CompletableFuture<Void> result) {
        Throwable failure = null;
        try {
            work.run();
        } catch (LibvirtException | RuntimeException | Error e) {
            failure = e;
        }
        call.setReturned();
        if (failure == null) {
            result.complete(null);
        } else {
            result.completeExceptionally(failure);
        }
    }

    /** Removes a call once it has returned, which one that was given up has not. */
    private void afterwards(RunningCall call, CompletableFuture<Void> result) {
        CompletableFuture<?> unused = result.whenComplete((done, failure) -> remove(call));
    }

    /** Refuses work with a limit that was set while its job waited, and that libvirt cannot keep. */
    static void refuseLimit(String domain, Job job, DomainOperation operation)
            throws DomainException {
        if (job.bandwidth() > 0) {
            throw new DomainException(
                    Reason.UNSUPPORTED,
                    domain,
                    operation + " #" + job.id() + " was limited to " + job.bandwidth()
                            + " bytes a second while it waited, and libvirt cannot limit it",
                    null);
        }
    }

    /** Records the work before libvirt is asked for it. */
    private void record(RunningCall call) {
        if (call.job.type() != JobType.ASYNC) {
            return;
        }
        RecordedWork work = RecordedWork.of(call.domain, hypervisor.uri(), call.operation);
        call.record(work.after(lastCompleted(call.domain)));
    }

    /** Returns the statistics of the last finished job that libvirt remembers; empty if there is none. */
    Map<String, Object> lastCompleted(UUID domain) {
        try {
            return completed(domain).orElse(Map.of());
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say what has run on it", domain, e);
            return Map.of();
        }
    }

    // ---- the calls of a domain ------------------------------------------------------------------

    private void add(RunningCall call) {
        calls.merge(
                call.domain,
                List.of(call),
                (before, one) -> Stream.concat(before.stream(), one.stream()).toList());
    }

    private void remove(RunningCall call) {
        calls.computeIfPresent(call.domain, (domain, before) -> {
            List<RunningCall> after =
                    before.stream().filter(other -> other != call).toList();
            return after.isEmpty() ? null : after;
        });
    }

    /** Returns the call whose job libvirt runs on a domain, if it is one of ours. */
    private Optional<RunningCall> current(UUID domain) {
        return calls(domain).stream().findFirst();
    }

    private boolean isCurrent(RunningCall call) {
        return current(call.domain).filter(call::equals).isPresent();
    }

    // ---- waiting --------------------------------------------------------------------------------

    private void await(RunningCall call, CompletableFuture<Void> result, Meanwhile meanwhile)
            throws DomainException, JobAbortedException, InterruptedException {
        boolean interrupted = false;
        Throwable failure = null;
        boolean over = false;
        CompletableFuture<?> end = CompletableFuture.anyOf(result, call.givenUp());
        while (!over) {
            try {
                end.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                over = true;
            } catch (TimeoutException e) {
                tick(call, interrupted, meanwhile);
            } catch (InterruptedException e) {
                interrupted = true;
                pushSoon(call);
            } catch (ExecutionException e) {
                failure = e.getCause();
                over = true;
            }
        }
        if (RunningCall.isReleased(call.job)) {
            LOG.info("{}, whose job was released, has ended in libvirt", call, failure);
            throw RunningCall.released(call.job);
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        if (failure != null) {
            throw failure(call, failure);
        }
        if (!result.isDone()) {
            throw givenUp(call);
        }
    }

    private DomainException givenUp(RunningCall call) throws JobAbortedException {
        String reason = call.givenUp().join();
        LOG.warn("{} is given up: {}", call, reason);
        if (call.job.abortRequested()) {
            throw new JobAbortedException(call.job.id(), reason);
        }
        return new DomainException(
                Reason.INVALID_STATE, hypervisor.table().name(call.domain), reason, null);
    }

    private void tick(RunningCall call, boolean interrupted, Meanwhile meanwhile) {
        if (RunningCall.hasEnded(call.job)) {
            return;
        }
        if (interrupted || call.job.abortRequested()) {
            pushSoon(call);
        }
        try {
            meanwhile.tick();
        } catch (LibvirtException e) {
            LOG.debug("domain {} takes no advice now", call.domain, e);
        }
        RunningCall.ifOpen(call.job, job -> lookWhetherBegun(call));
    }

    /**
     * Asks libvirt about its job, where that would answer: whether it has begun, where no event has told
     * (a guest that was paused before is not suspended), and when, which is recorded.
     */
    private void lookWhetherBegun(RunningCall call) {
        if (!(call.job instanceof AsyncJob async) || !call.isToLookAt()) {
            return;
        }
        // only while nobody works on the domain; and nobody has to wait for the answer
        try (Job step = async.beginNested("libvirt.jobStats", Duration.ZERO)) {
            LOG.trace("#{}: libvirt is asked about {}", step.id(), call);
        } catch (JobRefusedException e) {
            LOG.debug("domain {} is not asked what runs on it", call.domain, e);
            return;
        } catch (InterruptedException e) {
            // for the wait that comes next
            Thread.currentThread().interrupt();
            return;
        }
        try {
            running(call).ifPresent(statistics -> {
                call.begun();
                call.recordStart(statistics);
            });
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say what runs on it", call.domain, e);
        }
    }

    /** Asks for the statistics of the libvirt job of a call; empty if that does not run. */
    private Optional<Map<String, Object>> running(RunningCall call) throws LibvirtException {
        return isCurrent(call)
                ? statistics(call.domain)
                        .filter(now -> JobIdentity.isOfCall(now, call.operation, call.calledNanos))
                : Optional.empty();
    }

    private DomainException failure(RunningCall call, Throwable cause) throws JobAbortedException {
        if (cause instanceof LibvirtException e) {
            if (e.code() == Flags.ERR_RPC) {
                call.work().ifPresent(lostWork::add);
            }
            if (e.code() == Flags.ERR_OPERATION_ABORTED) {
                throw new JobAbortedException(call.job.id(), e.text());
            }
            return Failures.of(hypervisor.table().name(call.domain), e);
        }
        if (cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException("thrown by no call of libvirt", cause);
    }

    // ---- abort ----------------------------------------------------------------------------------

    /** Asks libvirt to abort every call of ours whose job has not ended: the driver goes away. */
    void abortAll() throws InterruptedException {
        List<Future<?>> pushes = calls.values().stream()
                .flatMap(List::stream)
                .filter(call -> !RunningCall.hasEnded(call.job))
                .<Future<?>>map(this::pushSoon)
                .toList();
        awaitAnswers(pushes);
    }

    /** Waits a moment for libvirt's answers. */
    static void awaitAnswers(List<Future<?>> pushes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        for (Future<?> push : pushes) {
            try {
                push.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.debug("libvirt does not say whether a job is aborted", e);
            }
        }
    }

    @CanIgnoreReturnValue // a push reports its failure itself
    private Future<?> pushSoon(RunningCall call) {
        try {
            return hypervisor.threads().submit(() -> push(call));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not aborted: the connection is being closed", call, e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void push(RunningCall call) {
        // one at a time: each waits in the daemon until it can be asked
        if (!call.beginPush()) {
            return;
        }
        try {
            if (running(call).isPresent()
                    && !call.hasReturned()
                    && !RunningCall.hasEnded(call.job)) {
                abortJob(call.domain);
            } else {
                LOG.debug("{} is not aborted yet: libvirt does not run it", call);
            }
        } catch (LibvirtException e) {
            LOG.debug("{} is not aborted yet", call, e);
            held.giveUpIfDead(call, e);
        } finally {
            call.endPush();
        }
    }

    /** Aborts the job that runs on a domain, whichever that is: the caller knows which one it means. */
    void abortJob(UUID domain) throws LibvirtException {
        hypervisor.lanes().run(domain, libvirt.virt()::virDomainAbortJob);
    }

    // ---- progress -------------------------------------------------------------------------------

    /** Takes over the statistics of a job that has ended, which libvirt sends of some kinds of jobs. */
    void jobCompleted(UUID domain, Map<String, Object> statistics) {
        current(domain)
                .filter(call -> JobIdentity.isOfCall(statistics, call.operation, call.calledNanos))
                .ifPresent(call -> {
                    RunningCall.ifOpen(
                            call.job, job -> job.progress(JobStatistics.progress(statistics)));
                    call.setCompleted();
                });
    }

    /** Returns the calls on a domain that have not returned, oldest first. */
    List<RunningCall> calls(UUID domain) {
        return calls.getOrDefault(domain, List.of());
    }

    /** Returns the jobs of ours that libvirt holds although their guest is dead. */
    HeldJobs held() {
        return held;
    }

    /** Returns the domains with a call of ours. */
    Set<UUID> domains() {
        return Set.copyOf(calls.keySet());
    }

    /** Returns the job whose call libvirt runs on a domain. */
    Optional<Job> job(UUID domain) {
        return current(domain).map(call -> call.job);
    }

    /** Asks how far the call has got that libvirt runs on a domain; empty if it runs none of ours. */
    Optional<Progress> progress(UUID domain) throws LibvirtException {
        RunningCall call = current(domain).orElse(null);
        return call == null ? Optional.empty() : running(call).map(JobStatistics::progress);
    }

    /** Keeps what libvirt counted; of a domain that has moved away it tells only by an event. */
    private void keepStatistics(RunningCall call) throws InterruptedException {
        try {
            completed(call.domain)
                    .filter(now -> JobIdentity.isOfCall(now, call.operation, call.calledNanos))
                    .map(JobStatistics::progress)
                    .ifPresent(progress ->
                            RunningCall.ifOpen(call.job, job -> job.progress(progress)));
        } catch (LibvirtException e) {
            boolean told = call.job.type() == JobType.ASYNC && call.awaitCompleted(ANSWER_SECONDS);
            LOG.debug("domain {} is gone; of its job was told: {}", call.domain, told, e);
        }
    }

    /** Does something with the call whose job runs on a domain, if it is ours and has not ended. */
    void with(UUID domain, Consumer<RunningCall> what) {
        current(domain).ifPresent(call -> RunningCall.ifOpen(call.job, job -> what.accept(call)));
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
