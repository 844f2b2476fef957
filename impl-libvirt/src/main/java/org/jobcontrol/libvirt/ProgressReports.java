package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports how far our running jobs have got, twice a second: libvirt has to be asked, and a look at a
 * job must not wait for its answer. Safe for use by many threads.
 *
 * <p>The question takes no job of ours, so no caller ever waits for it. It is asked only while a QUERY
 * would be admitted, since libvirt would keep it waiting otherwise. A late answer does no harm: it is
 * compared with the call that it is for, and one for a job that has ended is dropped.
 */
final class ProgressReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressReports.class);

    private static final long PERIOD_MILLIS = 500;

    private final Hypervisor hypervisor;
    private final RunningJobs running;
    private final DiskJobs diskJobs;
    private final Looks looks;
    private final DomainProbes probes;
    private volatile @Nullable ScheduledFuture<?> repeated;

    ProgressReports(Hypervisor hypervisor, RunningJobs running, DiskJobs diskJobs, Looks looks) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.diskJobs = diskJobs;
        this.looks = looks;
        this.probes = new DomainProbes(hypervisor, this::report);
    }

    /** Begins to report. */
    void start() {
        try {
            repeated = hypervisor
                    .timer()
                    .scheduleWithFixedDelay(
                            this::reportAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is being closed", hypervisor.uri(), e);
        }
    }

    private void reportAll() {
        List<UUID> domains = new ArrayList<>(running.domains());
        domains.addAll(diskJobs.domains());
        probes.probeInTurn(domains);
    }

    private void report(UUID domain) {
        Job job = running.job(domain).or(() -> diskJobs.job(domain)).orElse(null);
        JobObject jobs = job == null ? null : looks.jobs(domain).orElse(null);
        if (job == null || jobs == null) {
            return;
        }
        if (RunningCall.hasEnded(job) || !jobs.explain(JobType.QUERY).admissible()) {
            return;
        }
        try {
            progress(domain)
                    .ifPresent(
                            progress -> RunningCall.ifOpen(job, open -> open.progress(progress)));
        } catch (LibvirtException e) {
            LOG.debug("domain {} does not say how far its job has got", domain, e);
        }
    }

    private Optional<Progress> progress(UUID domain) throws LibvirtException {
        Optional<Progress> ofCall = running.progress(domain);
        return ofCall.isPresent() ? ofCall : diskJobs.progress(domain);
    }

    /** Reports nothing any more. */
    @Override
    public void close() {
        ScheduledFuture<?> last = repeated;
        if (last != null) {
            last.cancel(false);
        }
    }
}
