package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.libvirt.RecoveryProbe.Found;
import org.jobcontrol.libvirt.RecoveryProbe.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers the jobs that a crash of ours interrupted. The daemon has not crashed: what it had begun for us
 * may still run there. Safe for use by many threads.
 */
final class Interrupted {
    /*
     *   the job was             | what is done here                       | outcome
     *   ------------------------+-----------------------------------------+------------------------------
     *   save, dump, snapshot    | cancelled, and the guest resumed if it  | COMPLETED if the domain is
     *                           | still stands paused for it              | saved, or libvirt remembers
     *                           |                                         | that it has completed; ABORTED
     *                           |                                         | if cancelled, else ORPHANED
     *   backup                  | followed to its end as a running job    | that of the backup
     *   copy, commit, pull      | cancelled: nobody is there to pivot     | ABORTED; COMPLETED if the disk
     *                           |                                         | is the copy; else ORPHANED
     *   migration, post-copy    | followed: there is no way back          | COMPLETED if it is gone
     *   migration, confirm      | waited for: it is over                  | COMPLETED if it is gone
     *   migration, before       | cancelled, and the guest resumed        | ABORTED, or ORPHANED
     *   start, restore, revert, | waited for                              | COMPLETED if it runs,
     *   delete a snapshot       |                                         | else ORPHANED
     *   destroy                 | nothing: the domain was dead before the | COMPLETED
     *                           | job began; who runs now, somebody started
     *
     * Ours. Only a job of libvirt that the record describes is cancelled or followed (RecordedWork): one
     * with its operation that began when it did; a backup of its files, also after the daemon has
     * forgotten when that began; a job of its type on its disk, from its image to its file. Another
     * client's job is left alone, and the outcome says that it was found.
     *
     * Waiting is for the events of the domain, and a look now and then. What takes longer than PATIENCE
     * fails, and is tried again when somebody asks for it.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Interrupted.class);

    private static final long TICK_MILLIS = 250;
    private static final long PATIENCE_SECONDS = 60;

    private final Hypervisor hypervisor;
    private final RecoveryProbe probe;
    private final RunningJobs running;
    private final DiskJobs diskJobs;
    private final Disks disks;

    /** Those that wait for a domain, and are told when something happens to it. */
    private final Map<UUID, Semaphore> waiting = new ConcurrentHashMap<>();

    Interrupted(Hypervisor hypervisor, RunningJobs running, DiskJobs diskJobs, Disks disks) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.diskJobs = diskJobs;
        this.probe = new RecoveryProbe(hypervisor, running, diskJobs);
        this.disks = disks;
    }

    /** Something happened to a domain. */
    void changed(UUID domain) {
        Semaphore waiter = waiting.get(domain);
        if (waiter != null) {
            waiter.release();
        }
    }

    /** Recovers a job on a domain. */
    Recovery recover(UUID domain, InterruptedJob job) throws DomainException, InterruptedException {
        if (job.operation().equals("domain.destroy")) {
            return Recovery.ended(JobOutcome.COMPLETED, "it was dead before the job began");
        }
        RecordedWork work = new RecordedWork(job.attributes());
        DomainOperation operation = work.operation().orElse(null);
        if (operation == null || work.domain().filter(domain::equals).isEmpty()) {
            return Recovery.ended(
                    JobOutcome.ORPHANED, "libvirt had not been asked for it; nothing was touched");
        }
        try {
            probe.lookAt(domain);
            return switch (operation) {
                case SAVE, DUMP, SNAPSHOT -> cancel(domain, work);
                case BACKUP -> backup(domain, job, work);
                case BLOCK_COPY, BLOCK_COMMIT, BLOCK_PULL -> blockJob(domain, work);
                case MIGRATION_OUT -> migration(domain, job, work);
                case START, RESTORE, SNAPSHOT_REVERT, SNAPSHOT_DELETE -> finish(domain, work);
                case MIGRATION_IN ->
                    Recovery.ended(JobOutcome.ORPHANED, "libvirt knows nothing of it");
            };
        } catch (LibvirtException e) {
            throw Failures.of(hypervisor.table().name(domain), e);
        }
    }

    /**
     * Does for work that was lost with the connection what is done for it after a crash. Its job has ended.
     * A backup and a migration are left: they are shown as jobs of another client.
     */
    void cleanUp(RecordedWork work) throws LibvirtException, InterruptedException {
        UUID domain = work.domain().orElseThrow();
        Recovery done = switch (work.operation().orElseThrow()) {
            case SAVE, DUMP, SNAPSHOT -> cancel(domain, work);
            case BLOCK_COPY, BLOCK_COMMIT, BLOCK_PULL -> blockJob(domain, work);
            default -> Recovery.ended(JobOutcome.ORPHANED, "it is left alone");
        };
        LOG.info(
                "{} of domain {} was lost with the connection to {}; {}",
                work.operation().orElseThrow(),
                hypervisor.table().name(domain),
                hypervisor.uri(),
                done.detail());
    }

    // ---- saves, dumps and snapshots -------------------------------------------------------------

    private Recovery cancel(UUID domain, RecordedWork work)
            throws LibvirtException, InterruptedException {
        boolean asked = false;
        Found found;
        try (Wait wait = new Wait(domain)) {
            found = probe.find(domain, work, Found.NOTHING);
            while (!found.isSettled()) {
                asked |= found.kind() == Found.Kind.OURS && abort(domain);
                wait.tick();
                found = probe.find(domain, work, found);
            }
        }
        State state = probe.state(domain);
        if (work.isOf(DomainOperation.SAVE) && state.isSaved()) {
            return Recovery.ended(JobOutcome.COMPLETED, "libvirt has saved the domain");
        }
        if (found.kind() == Found.Kind.OTHERS) {
            return leave(asked, found);
        }
        boolean takenBack = asked && work.isOf(DomainOperation.SNAPSHOT);
        if (!takenBack && probe.completed(domain, work).isPresent()) {
            return Recovery.ended(JobOutcome.COMPLETED, "libvirt has completed it");
        }
        boolean stands = state.isPausedFor(work);
        if (stands) {
            hypervisor.lanes().run(domain, hypervisor.libvirt().virt()::virDomainResume);
            hypervisor.table().look(domain);
        }
        String guest = stands ? ", and the guest resumed" : "";
        return asked
                ? Recovery.ended(JobOutcome.ABORTED, "it was cancelled" + guest)
                : Recovery.ended(JobOutcome.ORPHANED, "libvirt ran it no more" + guest);
    }

    private static Recovery leave(boolean asked, Found found) {
        return asked
                ? Recovery.ended(JobOutcome.ABORTED, "it was cancelled; " + found.text())
                : Recovery.ended(JobOutcome.ORPHANED, "libvirt ran it no more; " + found.text());
    }

    private boolean abort(UUID domain) {
        try {
            running.abortJob(domain);
            return true;
        } catch (LibvirtException e) {
            LOG.debug("the job of domain {} is not cancelled yet", domain, e);
            return false;
        }
    }

    private Recovery finish(UUID domain, RecordedWork work)
            throws LibvirtException, InterruptedException {
        try (Wait wait = new Wait(domain)) {
            while (probe.isBusyWith(domain, work)) {
                wait.tick();
            }
        }
        probe.lookAt(domain);
        return probe.state(domain).isActive()
                ? Recovery.ended(JobOutcome.COMPLETED, "the domain runs")
                : Recovery.ended(JobOutcome.ORPHANED, "the domain does not run");
    }

    // ---- disks ----------------------------------------------------------------------------------

    private Recovery backup(UUID domain, InterruptedJob job, RecordedWork work)
            throws LibvirtException, DomainException {
        Map<String, Object> statistics =
                probe.state(domain).isActive() ? running.statistics(domain).orElse(null) : null;
        BackupSpec.Mode mode = work.mode().orElse(BackupSpec.Mode.PUSH);
        if (statistics == null) {
            return probe.completed(domain, work)
                    .map(last -> endOf(mode, last))
                    .orElseGet(
                            () -> Recovery.ended(JobOutcome.ORPHANED, "libvirt runs it no more"));
        }
        if (!work.isOfOperation(statistics) || !probe.isOfItsFiles(domain, work)) {
            return leave(false, Found.others(statistics));
        }
        AsyncJob again = job.goOn(DomainOperation.BACKUP, DomainOperation.BACKUP.defaultMask());
        disks.follow(domain, again, work, JobIdentity.elapsed(statistics));
        return Recovery.goesOn();
    }

    private static Recovery endOf(BackupSpec.Mode mode, Map<String, Object> statistics) {
        DiskWatch.Kind kind = DiskWatch.kindOf(statistics);
        String text = "libvirt says of its end: " + statistics.getOrDefault("errmsg", "success");
        if (Disks.endOf(mode).contains(kind)) {
            return Recovery.ended(JobOutcome.COMPLETED, text);
        }
        return kind == DiskWatch.Kind.CANCELED
                ? Recovery.ended(JobOutcome.ABORTED, text)
                : Recovery.ended(JobOutcome.FAILED, text);
    }

    private Recovery blockJob(UUID domain, RecordedWork work)
            throws LibvirtException, InterruptedException {
        String disk = work.disk().orElseThrow();
        boolean asked = false;
        try (Wait wait = new Wait(domain)) {
            while (probe.isItsBlockJob(domain, disk, work)) {
                diskJobs.cancel(domain, disk);
                asked = true;
                wait.tick();
            }
        }
        if (asked) {
            return Recovery.ended(JobOutcome.ABORTED, "the job on " + disk + " was cancelled");
        }
        boolean active = probe.state(domain).isActive();
        Optional<String> source =
                active ? diskJobs.disk(domain, disk).flatMap(DiskJobs::source) : Optional.empty();
        if (source.isPresent() && source.equals(work.target())) {
            return Recovery.ended(JobOutcome.COMPLETED, "disk " + disk + " is the copy");
        }
        boolean others = active && diskJobs.type(domain, disk).isPresent();
        return Recovery.ended(
                JobOutcome.ORPHANED,
                others
                        ? "libvirt ran it no more; another client's job on " + disk
                                + " was left alone"
                        : "libvirt ran it no more");
    }

    // ---- migration ------------------------------------------------------------------------------

    private Recovery migration(UUID domain, InterruptedJob job, RecordedWork work)
            throws LibvirtException, InterruptedException {
        String phase = job.phase().orElse("");
        if (phase.startsWith("postcopy") && probe.isBusyWith(domain, work)) {
            AsyncJob again = job.goOn(
                    DomainOperation.MIGRATION_OUT, DomainOperation.MIGRATION_OUT.defaultMask());
            again.abortable(false);
            hypervisor.threads().execute(() -> followMigration(domain, again, work));
            return Recovery.goesOn();
        }
        if (!phase.startsWith("postcopy") && !phase.equals("confirm")) {
            Recovery cancelled = cancel(domain, work);
            if (probe.state(domain).isActive()) {
                return cancelled;
            }
        }
        try (Wait wait = new Wait(domain)) {
            while (probe.isBusyWith(domain, work)) {
                wait.tick();
            }
        }
        return probe.state(domain).isActive()
                ? Recovery.ended(JobOutcome.ORPHANED, "the domain still runs here")
                : Recovery.ended(JobOutcome.COMPLETED, "the domain runs here no more");
    }

    private void followMigration(UUID domain, AsyncJob job, RecordedWork work) {
        try (Wait wait = new Wait(domain)) {
            while (probe.isBusyWith(domain, work) && !RunningCall.hasEnded(job)) {
                running.statistics(domain)
                        .filter(work::isOfOperation)
                        .map(JobStatistics::progress)
                        .ifPresent(progress ->
                                RunningCall.ifOpen(job, open -> open.progress(progress)));
                wait.tickWithoutEnd();
            }
            if (probe.state(domain).isActive()) {
                IllegalStateException failure =
                        new IllegalStateException("the domain still runs here");
                RunningCall.ifOpen(job, open -> open.fail(failure));
            }
        } catch (LibvirtException | RuntimeException e) {
            RunningCall.ifOpen(job, open -> open.fail(e));
        } catch (InterruptedException e) {
            RunningCall.ifOpen(job, open -> open.fail(e));
            Thread.currentThread().interrupt();
        } finally {
            job.close();
        }
    }

    // ---- waiting --------------------------------------------------------------------------------

    /** Waits, for so long, until something happens to a domain, or a moment. */
    private final class Wait implements AutoCloseable {
        private final UUID domain;
        private final Semaphore told = new Semaphore(0);
        private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);

        Wait(UUID domain) {
            this.domain = domain;
            waiting.put(domain, told);
        }

        void tick() throws InterruptedException {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("libvirt has worked on domain "
                        + hypervisor.table().name(domain) + " for " + PATIENCE_SECONDS
                        + " s since, and still does");
            }
            tickWithoutEnd();
        }

        @SuppressWarnings("ReturnValueIgnored") // one looks again in either case
        void tickWithoutEnd() throws InterruptedException {
            var unused = told.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            waiting.remove(domain, told);
        }
    }
}
