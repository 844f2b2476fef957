package org.jobcontrol.libvirt;

import com.sun.jna.Memory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.DiskDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.libvirt.TypedParameters.Written;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work on the disks of a domain: libvirt begins it, and tells by events what becomes of it. */
final class Disks implements DiskDriver {
    /*
     * Overview. The call that begins a block job or a backup returns at once. The thread of our job then
     * waits for what libvirt tells:
     *
     *   begun ----> READY (copy, active commit) ----> pivot, or leave ----> COMPLETED
     *     |                                                                     ^
     *     +--------- pull, backup ----------------------------------------------+
     *     |
     *     +--> CANCELED (aborted, by us or by another client)    FAILED    the domain or the connection gone
     *
     * The events of one domain and disk go into a queue that is there before the job is begun. An abort
     * is pushed by the aborter, and by the job's own thread as long as nothing else was told: an abort
     * that comes before libvirt has begun is refused by it.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Disks.class);

    private static final long TICK_MILLIS = 500;
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final int INFO_SIZE = 32;
    private static final int INFO_DONE = 16;
    private static final int INFO_END = 24;
    private static final String BACKUP = "";

    /** What is recorded with a job: its disk, and of a backup its mode. */
    static final String DISK = "disk";

    static final String MODE = "mode";
    static final String PULL = BackupSpec.Mode.PULL.name();
    private static final String UNEXPLAINED = "libvirt does not say why";

    private final Hypervisor hypervisor;
    private final DomainCalls calls;
    private final RunningJobs running;
    private final Libvirt libvirt;
    private final Virt virt;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

    /** What was told. */
    private enum Told {
        READY,
        COMPLETED,
        FAILED,
        CANCELED,
        STOPPED,
        LOST
    }

    /** What the statistics of a backup, or an event, say of its end. */
    private record Word(Told told, String text) {}

    private record Watched(Job job, String disk, BlockingQueue<Word> words) {}

    Disks(Hypervisor hypervisor, DomainCalls calls, RunningJobs running) {
        this.hypervisor = hypervisor;
        this.calls = calls;
        this.running = running;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
    }

    // ---- what is told; on the event loop's thread -----------------------------------------------

    void blockJob(UUID domain, String disk, int status) {
        Told told = switch (status) {
            case Flags.DOMAIN_BLOCK_JOB_COMPLETED -> Told.COMPLETED;
            case Flags.DOMAIN_BLOCK_JOB_CANCELED -> Told.CANCELED;
            case Flags.DOMAIN_BLOCK_JOB_READY -> Told.READY;
            default -> Told.FAILED;
        };
        tell(domain, disk, new Word(told, UNEXPLAINED));
    }

    /** A backup has ended; it says so once, whatever its disks say. */
    void jobCompleted(UUID domain, Map<String, Object> statistics) {
        boolean success = !Boolean.FALSE.equals(statistics.get("success"));
        String text = String.valueOf(statistics.getOrDefault("errmsg", ""));
        Watched job = watched.get(domain);
        if (job != null && job.disk.equals(BACKUP)) {
            job.job.progress(JobStatistics.progress(statistics));
            // one that was aborted may say that it succeeded, and give a reason all the same
            Told whole = text.isEmpty() ? Told.COMPLETED : Told.CANCELED;
            Told told = success ? whole : Told.FAILED;
            job.words.add(new Word(told, text.isEmpty() ? UNEXPLAINED : text));
        }
    }

    void stopped(UUID domain) {
        Watched job = watched.get(domain);
        if (job != null) {
            job.words.add(new Word(Told.STOPPED, "domain is not running"));
        }
    }

    void lost() {
        watched.values()
                .forEach(job ->
                        job.words.add(new Word(Told.LOST, "the connection to libvirt was lost")));
    }

    private void tell(UUID domain, String disk, Word word) {
        Watched job = watched.get(domain);
        if (job != null && job.disk.equals(disk)) {
            job.words.add(word);
        }
    }

    // ---- what is done ---------------------------------------------------------------------------

    @Override
    public void backup(UUID domain, BackupSpec backup, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String xml = DomainXml.of(backup);
        job.record(Map.of(MODE, backup.mode().name()));
        Watched watch = watch(domain, BACKUP, job);
        try {
            begin(domain, job, pointer -> virt.virDomainBackupBegin(pointer, xml, null, 0));
            awaitBackup(domain, watch, backup.mode() == BackupSpec.Mode.PULL);
        } finally {
            end(domain);
        }
    }

    private void awaitBackup(UUID domain, Watched watch, boolean pull)
            throws DomainException, JobAbortedException, InterruptedException {
        Word word = await(domain, watch);
        if (word.told != Told.COMPLETED && !(pull && word.told == Told.CANCELED)) {
            throw failure(domain, watch.job, word);
        }
    }

    /** Follows a backup that has outlived the process which began it, and ends the job with it. */
    void follow(UUID domain, AsyncJob job, boolean pull) throws DomainException {
        Watched watch = watch(domain, BACKUP, job);
        hypervisor.threads().execute(() -> {
            try {
                lookWhetherOver(domain, watch);
                awaitBackup(domain, watch, pull);
            } catch (DomainException | JobAbortedException | RuntimeException e) {
                job.fail(e);
            } catch (InterruptedException e) {
                job.fail(e);
                Thread.currentThread().interrupt();
            } finally {
                end(domain);
                job.close();
            }
        });
    }

    /** It may have ended before anybody listened. */
    private void lookWhetherOver(UUID domain, Watched watch) {
        try {
            if (running.statistics(domain).isEmpty() && watch.words.isEmpty()) {
                running.completed(domain)
                        .ifPresentOrElse(
                                statistics -> jobCompleted(domain, statistics),
                                () -> watch.words.add(new Word(Told.FAILED, UNEXPLAINED)));
            }
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say how its backup is", domain, e);
        }
    }

    /** Returns whether a job runs on a disk, whoever began it. */
    boolean hasBlockJob(UUID domain, String disk) throws LibvirtException {
        return hypervisor
                .lanes()
                .onDomain(domain, pointer -> progress(pointer, disk))
                .isPresent();
    }

    /** Cancels the job on a disk, whoever began it. */
    void cancel(UUID domain, String disk) throws LibvirtException {
        calls.run(
                domain,
                pointer -> virt.virDomainBlockJobAbort(pointer, disk, Flags.BLOCK_JOB_ABORT_ASYNC));
    }

    @Override
    public void copy(UUID domain, String disk, BlockCopySpec copy, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String xml = "<disk type='file'><source file='" + Xml.escape(copy.to())
                + "'/><driver type='" + Xml.escape(copy.format()) + "'/></disk>";
        Map<String, Object> limit =
                job.bandwidth() > 0 ? Map.of("bandwidth", job.bandwidth()) : Map.of();
        try (Written parameters = TypedParameters.write(limit)) {
            mirror(
                    domain,
                    disk,
                    job,
                    copy.pivot(),
                    pointer -> virt.virDomainBlockCopy(
                            pointer,
                            disk,
                            xml,
                            parameters.memory(),
                            parameters.count(),
                            Flags.BLOCK_COPY_TRANSIENT_JOB));
        }
    }

    @Override
    public void commit(UUID domain, String disk, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        int flags = Flags.BLOCK_COMMIT_ACTIVE
                | Flags.BLOCK_COMMIT_SHALLOW
                | Flags.BLOCK_COMMIT_BANDWIDTH_BYTES;
        mirror(
                domain,
                disk,
                job,
                true,
                pointer -> virt.virDomainBlockCommit(
                        pointer, disk, null, null, job.bandwidth(), flags));
    }

    @Override
    public void pull(UUID domain, String disk, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        Watched watch = watch(domain, disk, job);
        try {
            begin(
                    domain,
                    job,
                    pointer -> virt.virDomainBlockPull(
                            pointer, disk, job.bandwidth(), Flags.BLOCK_PULL_BANDWIDTH_BYTES));
            expect(domain, job, await(domain, watch), Told.COMPLETED);
        } finally {
            end(domain);
        }
    }

    /** Begins a job that is ready some time, and then ends as it is to. */
    private void mirror(UUID domain, String disk, AsyncJob job, boolean pivot, Lanes.Function begin)
            throws DomainException, JobAbortedException, InterruptedException {
        Watched watch = watch(domain, disk, job);
        try {
            begin(domain, job, begin);
            expect(domain, job, await(domain, watch), Told.READY);
            // both images are the same: the step that cannot be taken back
            job.abortable(false);
            int flags = pivot ? Flags.BLOCK_JOB_ABORT_PIVOT : 0;
            try (Job step = job.beginNested(pivot ? "domain.pivot" : "domain.leave", STEP)) {
                calls.change(domain, p -> virt.virDomainBlockJobAbort(p, disk, flags));
            } catch (JobRefusedException e) {
                throw new DomainException(
                        Reason.INVALID_STATE, calls.name(domain), "it is not free: " + e, e);
            }
            expect(domain, job, await(domain, watch), pivot ? Told.COMPLETED : Told.CANCELED);
        } finally {
            end(domain);
        }
    }

    private Watched watch(UUID domain, String disk, Job job) throws DomainException {
        Watched watch = new Watched(job, disk, new LinkedBlockingQueue<>());
        if (!disk.equals(BACKUP)) {
            job.record(Map.of(DISK, disk));
        }
        if (watched.putIfAbsent(domain, watch) != null) {
            throw new DomainException(
                    Reason.INVALID_STATE, calls.name(domain), "a job of its disks runs", null);
        }
        return watch;
    }

    private void end(UUID domain) {
        watched.remove(domain);
        hypervisor.lookSoon(domain);
    }

    private void begin(UUID domain, Job job, Lanes.Function function) throws DomainException {
        calls.change(domain, function);
        RunningJobs.hasBegun(job);
    }

    /** Waits for what is told next, and passes an abort on meanwhile. */
    private Word await(UUID domain, Watched watch) throws InterruptedException {
        boolean interrupted = false;
        long speed = watch.job.bandwidth();
        Word word = null;
        while (word == null) {
            try {
                word = hypervisor.isLost()
                        ? new Word(Told.LOST, "the connection to libvirt was lost")
                        : watch.words.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (word == null && (interrupted || watch.job.abortRequested())) {
                abort(domain);
            }
            if (word == null && speed != watch.job.bandwidth()) {
                speed = watch.job.bandwidth();
                limit(domain, watch, speed);
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        return word;
    }

    private void limit(UUID domain, Watched watch, long speed) {
        if (watch.disk.equals(BACKUP)) {
            return;
        }
        try {
            calls.run(
                    domain,
                    pointer -> virt.virDomainBlockJobSetSpeed(
                            pointer, watch.disk, speed, Flags.BLOCK_JOB_BANDWIDTH_BYTES));
        } catch (LibvirtException e) {
            LOG.debug("the job on {} of {} takes no limit now", watch.disk, domain, e);
        }
    }

    private void expect(UUID domain, Job job, Word word, Told expected)
            throws DomainException, JobAbortedException {
        if (word.told != expected) {
            throw failure(domain, job, word);
        }
    }

    private DomainException failure(UUID domain, Job job, Word word) throws JobAbortedException {
        Reason reason = switch (word.told) {
            case CANCELED ->
                throw new JobAbortedException(
                        job.id(), job.operation() + " was aborted: " + word.text);
            case LOST -> Reason.CONNECTION_LOST;
            case STOPPED -> Reason.INVALID_STATE;
            default -> Reason.FAILED;
        };
        return new DomainException(reason, calls.name(domain), word.text, null);
    }

    // ---- abort, progress ------------------------------------------------------------------------

    /** Passes an abort on; false if there is no such job. */
    boolean abort(UUID domain) {
        Watched job = watched.get(domain);
        if (job == null) {
            return false;
        }
        try {
            if (job.disk.equals(BACKUP)) {
                running.abortJob(domain);
            } else {
                cancel(domain, job.disk);
            }
        } catch (LibvirtException e) {
            LOG.debug("{} of domain {} is not aborted yet", job.job.operation(), domain, e);
        }
        return true;
    }

    /** Returns whether a job on one disk runs, which is no job of the domain to libvirt. */
    boolean hasBlockJob(UUID domain) {
        Watched job = watched.get(domain);
        return job != null && !job.disk.equals(BACKUP);
    }

    /** Asks how far the job on one disk has got; empty if there is none, or it is a backup. */
    Optional<Progress> progress(UUID domain) throws LibvirtException {
        Watched job = watched.get(domain);
        return job == null || job.disk.equals(BACKUP)
                ? Optional.empty()
                : hypervisor.lanes().onDomain(domain, pointer -> progress(pointer, job.disk));
    }

    private Optional<Progress> progress(Virt.DomainPtr domain, String disk)
            throws LibvirtException {
        try (Memory info = new Memory(INFO_SIZE)) {
            info.clear();
            int there = libvirt.check(virt.virDomainGetBlockJobInfo(domain, disk, info, 0));
            return there == 0
                    ? Optional.empty()
                    : Optional.of(
                            JobStatistics.ofDisk(info.getLong(INFO_DONE), info.getLong(INFO_END)));
        }
    }
}
