package org.jobcontrol.libvirt;

import com.sun.jna.Memory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs on the disks of domains, a backup among them: what libvirt tells of them, and is told. */
final class DiskJobs {
    /*
     * The events of one domain and disk go into a queue that is there before the job is begun. An abort
     * is pushed by the aborter, and by the job's own thread as long as nothing else was told: an abort
     * that comes before libvirt has begun is refused by it.
     */
    private static final Logger LOG = LoggerFactory.getLogger(DiskJobs.class);

    private static final long TICK_MILLIS = 500;
    private static final int INFO_SIZE = 32;
    private static final int INFO_DONE = 16;
    private static final int INFO_END = 24;
    private static final String UNEXPLAINED = "libvirt does not say why";

    /** A backup is on no disk, but on all that it names. */
    static final String BACKUP = "";

    /** What is recorded with a job: its disk. */
    static final String DISK = "disk";

    private final Hypervisor hypervisor;
    private final DomainCalls calls;
    private final RunningJobs running;
    private final Libvirt libvirt;
    private final Virt virt;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

    /** What was told. */
    enum Told {
        READY,
        COMPLETED,
        FAILED,
        CANCELED,
        STOPPED,
        LOST
    }

    /** What the statistics of a backup, or an event, say of its end. */
    private record Word(Told told, String text) {
        static final Word LOST = new Word(Told.LOST, "the connection to libvirt was lost");
    }

    DiskJobs(Hypervisor hypervisor, DomainCalls calls, RunningJobs running) {
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
        Watched job = watched.get(domain);
        if (job != null && job.disk.equals(disk)) {
            job.words.add(new Word(told, UNEXPLAINED));
        }
    }

    /** A backup has ended; it says so once, whatever its disks say. */
    void jobCompleted(UUID domain, Map<String, Object> statistics) {
        boolean success = !Boolean.FALSE.equals(statistics.get("success"));
        String text = String.valueOf(statistics.getOrDefault("errmsg", ""));
        Watched job = watched.get(domain);
        if (job != null && job.isBackup()) {
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
        watched.values().forEach(job -> job.words.add(Word.LOST));
    }

    // ---- waiting --------------------------------------------------------------------------------

    /**
     * Listens to what is told of a job from now on, until it is closed.
     *
     * @param disk its disk, or {@link #BACKUP}
     */
    Watched watch(UUID domain, String disk, Job job) throws DomainException {
        Watched watch = new Watched(domain, disk, job);
        if (!watch.isBackup()) {
            job.record(Map.of(DISK, disk));
        }
        if (watched.putIfAbsent(domain, watch) != null) {
            throw new DomainException(
                    Reason.INVALID_STATE, calls.name(domain), "a job of its disks runs", null);
        }
        return watch;
    }

    /** A job, from before it is begun until it has ended. */
    final class Watched implements AutoCloseable {
        private final UUID domain;
        private final String disk;
        private final Job job;
        private final BlockingQueue<Word> words = new LinkedBlockingQueue<>();

        private Watched(UUID domain, String disk, Job job) {
            this.domain = domain;
            this.disk = disk;
            this.job = job;
        }

        private boolean isBackup() {
            return disk.equals(BACKUP);
        }

        /** Waits for what is told next, which has to be this. */
        void await(Told expected)
                throws DomainException, JobAbortedException, InterruptedException {
            await(Set.of(expected));
        }

        /** Waits for what is told next, which has to be one of these. */
        void await(Set<Told> expected)
                throws DomainException, JobAbortedException, InterruptedException {
            Word word = next();
            if (!expected.contains(word.told)) {
                throw failure(word);
            }
        }

        /** Waits for what is told next, and passes an abort on meanwhile. */
        private Word next() throws InterruptedException {
            boolean interrupted = false;
            long speed = job.bandwidth();
            Word word = null;
            while (word == null) {
                try {
                    word = hypervisor.isLost()
                            ? Word.LOST
                            : words.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                if (word == null && (interrupted || job.abortRequested())) {
                    abort(domain);
                }
                if (word == null && speed != job.bandwidth()) {
                    speed = job.bandwidth();
                    limit(speed);
                }
            }
            if (interrupted) {
                throw new InterruptedException();
            }
            return word;
        }

        private void limit(long speed) {
            if (isBackup()) {
                return;
            }
            try {
                calls.run(
                        domain,
                        pointer -> virt.virDomainBlockJobSetSpeed(
                                pointer, disk, speed, Flags.BLOCK_JOB_BANDWIDTH_BYTES));
            } catch (LibvirtException e) {
                LOG.debug("the job on {} of {} takes no limit now", disk, domain, e);
            }
        }

        private DomainException failure(Word word) throws JobAbortedException {
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

        /** Asks whether a backup was over before anybody listened. */
        void lookWhetherOver() {
            try {
                if (running.statistics(domain).isEmpty() && words.isEmpty()) {
                    running.completed(domain)
                            .ifPresentOrElse(
                                    statistics -> jobCompleted(domain, statistics),
                                    () -> words.add(new Word(Told.FAILED, UNEXPLAINED)));
                }
            } catch (LibvirtException e) {
                LOG.debug("domain {} does not say how its backup is", domain, e);
            }
        }

        @Override
        public void close() {
            watched.remove(domain);
            hypervisor.lookSoon(domain);
        }
    }

    // ---- abort, progress ------------------------------------------------------------------------

    /** Passes an abort on; false if there is no such job of ours. */
    boolean abort(UUID domain) {
        Watched job = watched.get(domain);
        if (job == null) {
            return false;
        }
        try {
            if (job.isBackup()) {
                running.abortJob(domain);
            } else {
                cancel(domain, job.disk);
            }
        } catch (LibvirtException e) {
            LOG.debug("{} of domain {} is not aborted yet", job.job.operation(), domain, e);
        }
        return true;
    }

    /** Cancels the job on a disk, whoever began it. */
    void cancel(UUID domain, String disk) throws LibvirtException {
        calls.run(
                domain,
                pointer -> virt.virDomainBlockJobAbort(pointer, disk, Flags.BLOCK_JOB_ABORT_ASYNC));
    }

    /** Returns whether a job of ours on one disk runs, which is no job of the domain to libvirt. */
    boolean hasBlockJob(UUID domain) {
        Watched job = watched.get(domain);
        return job != null && !job.isBackup();
    }

    /** Asks how far our job on one disk has got; empty if there is none, or it is a backup. */
    Optional<Progress> progress(UUID domain) throws LibvirtException {
        Watched job = watched.get(domain);
        return job == null || job.isBackup() ? Optional.empty() : progress(domain, job.disk);
    }

    /** Asks how far the job on a disk has got, whoever began it; empty if there is none. */
    Optional<Progress> progress(UUID domain, String disk) throws LibvirtException {
        return hypervisor.lanes().onDomain(domain, pointer -> progress(pointer, disk));
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
