package org.jobcontrol.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.DiskDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.libvirt.DiskWatch.Kind;
import org.jobcontrol.libvirt.TypedParameters.Written;

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
     */
    private static final Duration STEP = Duration.ofSeconds(30);

    private final Hypervisor hypervisor;
    private final DomainCalls calls;
    private final DiskJobs jobs;
    private final Virt virt;

    Disks(Hypervisor hypervisor, DomainCalls calls, DiskJobs jobs) {
        this.hypervisor = hypervisor;
        this.calls = calls;
        this.jobs = jobs;
        this.virt = hypervisor.libvirt().virt();
    }

    // ---- backup ---------------------------------------------------------------------------------

    @Override
    public void backup(UUID domain, BackupSpec backup, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String xml = DomainXml.of(backup);
        try (DiskWatch watch =
                jobs.watch(domain, DiskJobs.BACKUP, job, jobs.work(domain, backup))) {
            begin(watch, pointer -> virt.virDomainBackupBegin(pointer, xml, null, 0));
            watch.await(endOf(backup.mode()));
        }
    }

    /** Who has pulled enough cancels it. */
    static Set<Kind> endOf(BackupSpec.Mode mode) {
        return mode == BackupSpec.Mode.PULL
                ? Set.of(Kind.COMPLETED, Kind.CANCELED)
                : Set.of(Kind.COMPLETED);
    }

    /**
     * Follows a backup that has outlived the process which began it, and ends the job with it.
     *
     * @param job its job from now on
     * @param work what was recorded with the job before
     * @param elapsedMillis for how long libvirt's job has run
     */
    void follow(UUID domain, AsyncJob job, RecordedWork work, long elapsedMillis)
            throws DomainException {
        Set<Kind> end = endOf(work.mode().orElse(BackupSpec.Mode.PUSH));
        DiskWatch watch = jobs.follow(domain, job, work, elapsedMillis);
        hypervisor.threads().execute(() -> {
            try (watch) {
                jobs.lookWhetherOver(watch);
                watch.await(end);
            } catch (DomainException | JobAbortedException | RuntimeException e) {
                RunningCall.ifOpen(job, open -> open.fail(e));
            } catch (InterruptedException e) {
                RunningCall.ifOpen(job, open -> open.fail(e));
                Thread.currentThread().interrupt();
            } finally {
                job.close();
            }
        });
    }

    // ---- jobs on one disk -----------------------------------------------------------------------

    @Override
    public void copy(UUID domain, String disk, BlockCopySpec copy, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String xml = "<disk type='file'><source file='" + Xml.escape(copy.to())
                + "'/><driver type='" + Xml.escape(copy.format()) + "'/></disk>";
        Map<String, Object> limit =
                job.bandwidth() > 0 ? Map.of("bandwidth", job.bandwidth()) : Map.of();
        RecordedWork work = jobs.work(domain, disk, DomainOperation.BLOCK_COPY).to(copy.to());
        try (Written parameters = TypedParameters.write(limit)) {
            mirror(
                    jobs.watch(domain, disk, job, work),
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
        RecordedWork work = jobs.work(domain, disk, DomainOperation.BLOCK_COMMIT);
        mirror(
                jobs.watch(domain, disk, job, work),
                job,
                true,
                pointer -> virt.virDomainBlockCommit(
                        pointer, disk, null, null, job.bandwidth(), flags));
    }

    @Override
    public void pull(UUID domain, String disk, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        RecordedWork work = jobs.work(domain, disk, DomainOperation.BLOCK_PULL);
        try (DiskWatch watch = jobs.watch(domain, disk, job, work)) {
            begin(
                    watch,
                    pointer -> virt.virDomainBlockPull(
                            pointer, disk, job.bandwidth(), Flags.BLOCK_PULL_BANDWIDTH_BYTES));
            watch.await(Kind.COMPLETED);
        }
    }

    /** Begins a job that is ready some time, and then ends as it is to. */
    private void mirror(DiskWatch mirror, AsyncJob job, boolean pivot, Lanes.Function begin)
            throws DomainException, JobAbortedException, InterruptedException {
        try (DiskWatch watch = mirror) {
            begin(watch, begin);
            watch.await(Kind.READY);
            // both images are the same: the step that cannot be taken back
            job.abortable(false);
            int flags = pivot ? Flags.BLOCK_JOB_ABORT_PIVOT : 0;
            try (Job step = job.beginNested(pivot ? "domain.pivot" : "domain.leave", STEP)) {
                calls.change(watch.domain, p -> virt.virDomainBlockJobAbort(p, watch.disk, flags));
            } catch (JobRefusedException e) {
                throw new DomainException(
                        Reason.INVALID_STATE, calls.name(watch.domain), "it is not free: " + e, e);
            }
            watch.await(pivot ? Kind.COMPLETED : Kind.CANCELED);
        }
    }

    private void begin(DiskWatch watch, Lanes.Function function)
            throws DomainException, JobAbortedException, InterruptedException {
        watch.job.checkpoint();
        calls.change(watch.domain, function);
        watch.setBegun();
    }
}
