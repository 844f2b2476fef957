package org.jobcontrol.libvirt;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.sun.jna.Memory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** The jobs of ours on the disks of domains, a backup among them: their events, aborts and progress. */
final class DiskJobs {
    /*
     * Events. Those of one domain go into the queue of its watch, which is there before libvirt is asked
     * to begin the job. The statistics of an ended backup may be those of an earlier one that was
     * released; JobIdentity tells. Events of a job on one disk have no such mark but their type, and
     * libvirt runs one at a time on a disk: an event of another type is of an earlier job.
     *
     * Abort. Each watch registers its abort on its own job. It is pushed on a thread of the
     * hypervisor's, once libvirt has begun the job: earlier it would meet another client's. It is pushed
     * again by the job's own thread, as long as no other event comes.
     *
     * Release. The waiting thread of a job that is taken from its owner ends, and its watch with it.
     * libvirt goes on with the work.
     */
    private static final Logger LOG = LoggerFactory.getLogger(DiskJobs.class);

    private static final int INFO_SIZE = 32;
    private static final int INFO_DONE = 16;
    private static final int INFO_END = 24;

    /** A backup is on no disk, but on all that it names. */
    static final String BACKUP = "";

    private final Hypervisor hypervisor;
    private final DomainCalls calls;
    private final RunningJobs running;
    private final LostWork lostWork;
    private final Libvirt libvirt;
    private final Virt virt;
    private final Map<UUID, DiskWatch> watches = new ConcurrentHashMap<>();

    DiskJobs(Hypervisor hypervisor, DomainCalls calls, RunningJobs running, LostWork lostWork) {
        this.lostWork = lostWork;
        this.hypervisor = hypervisor;
        this.calls = calls;
        this.running = running;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
    }

    // ---- events ---------------------------------------------------------------------------------

    void blockJob(UUID domain, String disk, int type, int status) {
        DiskWatch.Kind kind = switch (status) {
            case Flags.DOMAIN_BLOCK_JOB_COMPLETED -> DiskWatch.Kind.COMPLETED;
            case Flags.DOMAIN_BLOCK_JOB_CANCELED -> DiskWatch.Kind.CANCELED;
            case Flags.DOMAIN_BLOCK_JOB_READY -> DiskWatch.Kind.READY;
            default -> DiskWatch.Kind.FAILED;
        };
        DiskWatch watch = watches.get(domain);
        if (watch != null && watch.disk.equals(disk) && isOf(watch.operation, type)) {
            watch.add(kind);
        }
    }

    /** Returns whether libvirt's type of a block job is that of an operation of ours on one disk. */
    static boolean isOf(DomainOperation operation, int type) {
        return switch (operation) {
            case BLOCK_COPY -> type == Flags.BLOCK_JOB_TYPE_COPY;
            case BLOCK_COMMIT -> type == Flags.BLOCK_JOB_TYPE_ACTIVE_COMMIT;
            case BLOCK_PULL -> type == Flags.BLOCK_JOB_TYPE_PULL;
            default -> false;
        };
    }

    /** A backup has ended; libvirt sends this once, whatever the events of its disks are. */
    void jobCompleted(UUID domain, Map<String, Object> statistics) {
        DiskWatch watch = watches.get(domain);
        if (watch != null && watch.isBackup() && isOf(watch, statistics)) {
            watch.completed(statistics);
        }
    }

    private static boolean isOf(DiskWatch watch, Map<String, Object> statistics) {
        return JobIdentity.isOfCall(statistics, watch.operation, watch.calledNanos);
    }

    void stopped(UUID domain) {
        DiskWatch watch = watches.get(domain);
        if (watch != null) {
            watch.stopped();
        }
    }

    /** Keeps the work of a job on one disk that ends with the connection: QEMU goes on with it. */
    void lost(DiskWatch watch) {
        if (!watch.isBackup() && watch.hasBegun()) {
            lostWork.add(watch.work);
        }
    }

    void lost() {
        watches.values().forEach(DiskWatch::lost);
    }

    // ---- watches --------------------------------------------------------------------------------

    /**
     * Records a job's work, and listens to its events from now on, until the watch is closed.
     *
     * @param disk its disk, or {@link #BACKUP}
     * @throws DomainException if another job of ours on disks of the domain runs
     */
    DiskWatch watch(UUID domain, String disk, Job job, RecordedWork work) throws DomainException {
        if (disk.equals(BACKUP)) {
            RunningJobs.refuseLimit(calls.name(domain), job, DomainOperation.BACKUP);
        }
        job.record(work.attributes());
        return watch(new DiskWatch(this, domain, disk, job, work, System.nanoTime()));
    }

    /** Listens to the events of a backup that has run in libvirt for so many milliseconds. */
    DiskWatch follow(UUID domain, Job job, RecordedWork work, long elapsedMillis)
            throws DomainException {
        long ran = TimeUnit.MILLISECONDS.toNanos(elapsedMillis) + RecordedWork.TOLERANCE.toNanos();
        long calledNanos = System.nanoTime() - ran;
        DiskWatch watch = watch(new DiskWatch(this, domain, BACKUP, job, work, calledNanos));
        watch.setBegun();
        return watch;
    }

    private DiskWatch watch(DiskWatch watch) throws DomainException {
        UUID domain = watch.domain;
        Job job = watch.job;
        // libvirt sets the speed of a job on one disk, and pauses none
        job.pausable(false);
        job.limitable(!watch.isBackup());
        DiskWatch present = watches.merge(
                domain, watch, (old, one) -> RunningCall.hasEnded(old.job) ? one : old);
        if (present != watch) {
            throw new DomainException(
                    Reason.INVALID_STATE,
                    calls.name(domain),
                    present.operation + " #" + present.job.id() + " runs on its disks",
                    null);
        }
        try {
            job.onAbort(() -> pushSoon(watch));
            return watch;
        } catch (IllegalStateException e) {
            remove(watch);
            throw e;
        }
    }

    /** Returns the record of work on one disk that libvirt is about to be asked for. */
    RecordedWork work(UUID domain, String disk, DomainOperation operation) throws DomainException {
        try {
            String source = disk(domain, disk).flatMap(DiskJobs::source).orElse("");
            return RecordedWork.of(domain, hypervisor.uri(), operation).onDisk(disk, source);
        } catch (LibvirtException e) {
            throw Failures.of(calls.name(domain), e);
        }
    }

    /** Returns the record of a backup that libvirt is about to be asked for. */
    RecordedWork work(UUID domain, BackupSpec backup) {
        return RecordedWork.of(domain, hypervisor.uri(), DomainOperation.BACKUP)
                .after(running.lastCompleted(domain))
                .as(backup);
    }

    void remove(DiskWatch watch) {
        watches.remove(watch.domain, watch);
        RunningCall.ifOpen(watch.job, RunningCall::steerable);
        hypervisor.lookSoon(watch.domain);
    }

    /** Asks whether a backup was over before its watch began. */
    void lookWhetherOver(DiskWatch watch) {
        try {
            boolean runs = running.statistics(watch.domain)
                    .filter(now -> JobIdentity.isOf(now, watch.operation))
                    .isPresent();
            if (!runs && !watch.hasEvents()) {
                running.completed(watch.domain)
                        .filter(last -> JobIdentity.isOf(last, watch.operation))
                        .ifPresentOrElse(watch::completed, () -> watch.add(DiskWatch.Kind.FAILED));
            }
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say how its backup is", watch.domain, e);
        }
    }

    boolean isLost() {
        return hypervisor.isLost();
    }

    String name(UUID domain) {
        return calls.name(domain);
    }

    // ---- steering -------------------------------------------------------------------------------

    /** Sets the speed of a job on one disk; libvirt cannot change that of a backup. */
    void limit(DiskWatch watch, long speed) {
        if (watch.isBackup()) {
            return;
        }
        try {
            calls.run(
                    watch.domain,
                    pointer -> virt.virDomainBlockJobSetSpeed(
                            pointer, watch.disk, speed, Flags.BLOCK_JOB_BANDWIDTH_BYTES));
        } catch (LibvirtException e) {
            LOG.debug("{} takes no limit now", watch, e);
        }
    }

    /** Asks libvirt to abort every job of ours that has not ended: the driver goes away. */
    void abortAll() throws InterruptedException {
        List<Future<?>> pushes = watches.values().stream()
                .filter(watch -> !RunningCall.hasEnded(watch.job))
                .<Future<?>>map(this::pushSoon)
                .toList();
        RunningJobs.awaitAnswers(pushes);
    }

    @CanIgnoreReturnValue // a push reports its failure itself
    Future<?> pushSoon(DiskWatch watch) {
        try {
            return hypervisor.threads().submit(() -> push(watch));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not aborted: the connection is being closed", watch, e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void push(DiskWatch watch) {
        // one at a time: each waits in the daemon until it can be asked
        if (!watch.hasBegun() || !watch.beginPush()) {
            return;
        }
        try {
            boolean current = !watch.isBackup()
                    || running.statistics(watch.domain)
                            .filter(now -> isOf(watch, now))
                            .isPresent();
            if (!current || watches.get(watch.domain) != watch || RunningCall.hasEnded(watch.job)) {
                LOG.debug("{} is not aborted: libvirt does not run it", watch);
            } else if (watch.isBackup()) {
                running.abortJob(watch.domain);
            } else {
                cancel(watch.domain, watch.disk);
            }
        } catch (LibvirtException e) {
            LOG.debug("{} is not aborted yet", watch, e);
        } finally {
            watch.endPush();
        }
    }

    /** Cancels the job on a disk, whoever began it. */
    void cancel(UUID domain, String disk) throws LibvirtException {
        calls.run(
                domain,
                pointer -> virt.virDomainBlockJobAbort(pointer, disk, Flags.BLOCK_JOB_ABORT_ASYNC));
    }

    /** Returns the domains with a job on their disks. */
    Set<UUID> domains() {
        return Set.copyOf(watches.keySet());
    }

    /** Returns the job of ours that runs on the disks of a domain. */
    Optional<Job> job(UUID domain) {
        return Optional.ofNullable(watches.get(domain)).map(watch -> watch.job);
    }

    /** Asks how far our job on the disks of a domain has got; empty if libvirt runs none of ours. */
    Optional<Progress> progress(UUID domain) throws LibvirtException {
        DiskWatch watch = watches.get(domain);
        if (watch == null) {
            return Optional.empty();
        }
        return watch.isBackup()
                ? running.statistics(domain)
                        .filter(now -> isOf(watch, now))
                        .map(JobStatistics::progress)
                : progress(domain, watch.disk);
    }

    /** Asks how far the job on a disk has got, whoever began it; empty if there is none. */
    Optional<Progress> progress(UUID domain, String disk) throws LibvirtException {
        return info(
                domain,
                disk,
                info -> JobStatistics.ofDisk(info.getLong(INFO_DONE), info.getLong(INFO_END)));
    }

    /** Asks of what type the job on a disk is, whoever began it; empty if there is none. */
    Optional<Integer> type(UUID domain, String disk) throws LibvirtException {
        return info(domain, disk, info -> info.getInt(0));
    }

    private <T> Optional<T> info(UUID domain, String disk, Function<Memory, T> read)
            throws LibvirtException {
        return hypervisor.lanes().onDomain(domain, pointer -> {
            try (Memory info = new Memory(INFO_SIZE)) {
                info.clear();
                int there = libvirt.check(virt.virDomainGetBlockJobInfo(pointer, disk, info, 0));
                return there == 0 ? Optional.empty() : Optional.of(read.apply(info));
            }
        });
    }

    /** Returns the element of a disk in the definition of a domain that runs. */
    Optional<Element> disk(UUID domain, String disk) throws LibvirtException {
        String xml = hypervisor
                .lanes()
                .onDomain(domain, pointer -> libvirt.take(virt.virDomainGetXMLDesc(pointer, 0)));
        return Xml.element(Xml.parse(xml), "devices").stream()
                .flatMap(devices -> Xml.children(devices, "disk").stream())
                .filter(element -> Xml.element(element, "target")
                        .filter(target -> target.getAttribute("dev").equals(disk))
                        .isPresent())
                .findFirst();
    }

    /** Returns the file of the image of a disk; empty if it is in none. */
    static Optional<String> source(Element disk) {
        return Xml.element(disk, "source")
                .map(source -> source.getAttribute("file"))
                .filter(file -> !file.isEmpty());
    }

    /** Returns the definition of the backup that runs; takes no job in the daemon. */
    Element backup(UUID domain) throws LibvirtException {
        return Xml.parse(hypervisor
                .lanes()
                .onDomain(
                        domain,
                        pointer -> libvirt.take(virt.virDomainBackupGetXMLDesc(pointer, 0))));
    }
}
