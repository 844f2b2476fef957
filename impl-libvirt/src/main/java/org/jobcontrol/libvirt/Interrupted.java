package org.jobcontrol.libvirt;

import com.sun.jna.ptr.IntByReference;
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
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
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
     *                           | still stands paused for it              | saved, ABORTED if cancelled,
     *                           |                                         | else ORPHANED
     *   backup                  | followed to its end as a running job    | that of the backup
     *   copy, commit, pull      | cancelled: nobody is there to pivot     | ABORTED, or ORPHANED
     *   migration, post-copy    | followed: there is no way back          | COMPLETED if it is gone
     *   migration, confirm      | waited for: it is over                  | COMPLETED if it is gone
     *   migration, before       | cancelled, and the guest resumed        | ABORTED, or ORPHANED
     *   start, restore, revert, | waited for                              | COMPLETED if it runs,
     *   delete a snapshot       |                                         | else ORPHANED
     *   destroy                 | nothing: the domain was dead before the | COMPLETED
     *                           | job began; who runs now, somebody started
     *
     * Waiting is for what the daemon tells of the domain, and a look now and then. What takes longer than
     * PATIENCE fails, and is tried again when somebody asks for it.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Interrupted.class);

    private static final long TICK_MILLIS = 250;
    private static final long PATIENCE_SECONDS = 60;

    private final Hypervisor hypervisor;
    private final RunningJobs running;
    private final DiskJobs diskJobs;
    private final Disks disks;

    /** Those that wait for a domain, and are told when something happens to it. */
    private final Map<UUID, Semaphore> waiting = new ConcurrentHashMap<>();

    Interrupted(Hypervisor hypervisor, RunningJobs running, DiskJobs diskJobs, Disks disks) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.diskJobs = diskJobs;
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
        try {
            hypervisor.table().look(domain);
            return switch (job.operation()) {
                case "SAVE", "DUMP", "SNAPSHOT" -> cancel(domain);
                case "BACKUP" -> backup(domain, job);
                case "BLOCK_COPY", "BLOCK_COMMIT", "BLOCK_PULL" -> blockJob(domain, job);
                case "MIGRATION_OUT" -> migration(domain, job);
                case "START", "RESTORE", "SNAPSHOT_REVERT", "SNAPSHOT_DELETE" -> finish(domain);
                case "domain.destroy" ->
                    Recovery.ended(JobOutcome.COMPLETED, "it was dead before the job began");
                default -> Recovery.ended(JobOutcome.ORPHANED, "libvirt knows nothing of it");
            };
        } catch (LibvirtException e) {
            throw Failures.of(hypervisor.table().name(domain), e);
        }
    }

    // ---- saves and the like ---------------------------------------------------------------------

    private Recovery cancel(UUID domain) throws LibvirtException, InterruptedException {
        boolean asked = false;
        try (Wait wait = new Wait(domain)) {
            while (runs(domain)) {
                asked |= abort(domain);
                wait.tick();
            }
        }
        State state = state(domain);
        if (state.state == Flags.DOMAIN_SHUTOFF && state.reason == Flags.DOMAIN_SHUTOFF_SAVED) {
            return Recovery.ended(JobOutcome.COMPLETED, "libvirt has saved the domain");
        }
        boolean stands = state.state == Flags.DOMAIN_PAUSED && state.forAJob();
        if (stands) {
            hypervisor.lanes().run(domain, hypervisor.libvirt().virt()::virDomainResume);
            hypervisor.table().look(domain);
        }
        String guest = stands ? ", and the guest resumed" : "";
        return asked
                ? Recovery.ended(JobOutcome.ABORTED, "it was cancelled" + guest)
                : Recovery.ended(JobOutcome.ORPHANED, "libvirt ran it no more" + guest);
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

    private Recovery finish(UUID domain) throws LibvirtException, InterruptedException {
        try (Wait wait = new Wait(domain)) {
            while (runs(domain)) {
                wait.tick();
            }
        }
        hypervisor.table().look(domain);
        return state(domain).active()
                ? Recovery.ended(JobOutcome.COMPLETED, "the domain runs")
                : Recovery.ended(JobOutcome.ORPHANED, "the domain does not run");
    }

    // ---- disks ----------------------------------------------------------------------------------

    private Recovery backup(UUID domain, InterruptedJob job)
            throws LibvirtException, DomainException {
        if (!runs(domain)) {
            return Recovery.ended(JobOutcome.ORPHANED, "libvirt runs it no more");
        }
        AsyncJob again = job.goOn(DomainOperation.BACKUP, DomainOperation.BACKUP.defaultMask());
        disks.follow(domain, again, job.attributes(), 0);
        return Recovery.goesOn();
    }

    private Recovery blockJob(UUID domain, InterruptedJob job)
            throws LibvirtException, InterruptedException {
        String disk = job.attributes().get(DiskJobs.DISK);
        boolean asked = false;
        try (Wait wait = new Wait(domain)) {
            while (disk != null
                    && state(domain).active()
                    && diskJobs.progress(domain, disk).isPresent()) {
                diskJobs.cancel(domain, disk);
                asked = true;
                wait.tick();
            }
        }
        return asked
                ? Recovery.ended(JobOutcome.ABORTED, "the job on " + disk + " was cancelled")
                : Recovery.ended(JobOutcome.ORPHANED, "libvirt ran it no more");
    }

    // ---- migration ------------------------------------------------------------------------------

    private Recovery migration(UUID domain, InterruptedJob job)
            throws LibvirtException, InterruptedException {
        String phase = job.phase().orElse("");
        if (phase.startsWith("postcopy") && runs(domain)) {
            AsyncJob again = job.goOn(
                    DomainOperation.MIGRATION_OUT, DomainOperation.MIGRATION_OUT.defaultMask());
            again.abortable(false);
            hypervisor.threads().execute(() -> followMigration(domain, again));
            return Recovery.goesOn();
        }
        if (!phase.startsWith("postcopy") && !phase.equals("confirm")) {
            Recovery cancelled = cancel(domain);
            if (state(domain).active()) {
                return cancelled;
            }
        }
        try (Wait wait = new Wait(domain)) {
            while (runs(domain)) {
                wait.tick();
            }
        }
        return state(domain).active()
                ? Recovery.ended(JobOutcome.ORPHANED, "the domain still runs here")
                : Recovery.ended(JobOutcome.COMPLETED, "the domain runs here no more");
    }

    private void followMigration(UUID domain, AsyncJob job) {
        try (Wait wait = new Wait(domain)) {
            while (runs(domain)) {
                wait.tickWithoutEnd();
            }
            if (state(domain).active()) {
                job.fail(new IllegalStateException("the domain still runs here"));
            }
        } catch (LibvirtException | RuntimeException e) {
            job.fail(e);
        } catch (InterruptedException e) {
            job.fail(e);
            Thread.currentThread().interrupt();
        } finally {
            job.close();
        }
    }

    // ---- looking --------------------------------------------------------------------------------

    private record State(int state, int reason) {
        boolean active() {
            return state != 0 && state != Flags.DOMAIN_SHUTOFF && state != Flags.DOMAIN_CRASHED;
        }

        boolean forAJob() {
            return reason == Flags.DOMAIN_PAUSED_SAVE
                    || reason == Flags.DOMAIN_PAUSED_DUMP
                    || reason == Flags.DOMAIN_PAUSED_SNAPSHOT
                    || reason == Flags.DOMAIN_PAUSED_MIGRATION;
        }
    }

    /** Returns how the domain is; one that libvirt does not know any more is off. */
    private State state(UUID domain) throws LibvirtException {
        IntByReference state = new IntByReference();
        IntByReference reason = new IntByReference();
        try {
            hypervisor
                    .lanes()
                    .run(
                            domain,
                            p -> hypervisor
                                    .libvirt()
                                    .virt()
                                    .virDomainGetState(p, state, reason, 0));
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_NO_DOMAIN) {
                return new State(Flags.DOMAIN_SHUTOFF, 0);
            }
            throw e;
        }
        return new State(state.getValue(), reason.getValue());
    }

    /** Returns whether the daemon works on the domain for somebody. */
    private boolean runs(UUID domain) throws LibvirtException {
        if (!state(domain).active()) {
            return false;
        }
        Optional<DomainOperation> silent = running.pausedFor(domain);
        return silent.isPresent() || running.statistics(domain).isPresent();
    }

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
