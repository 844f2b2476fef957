package org.jobcontrol.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DiskDriver;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.domain.GuestDriver;
import org.jobcontrol.api.domain.MigrationDriver;
import org.jobcontrol.api.domain.SnapshotDriver;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver for the domains of one connection: what every driver does, and its parts. Hears what
 * libvirt tells, and hands it on to them.
 */
final class LibvirtDomains implements DomainDriver, Events.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtDomains.class);

    private static final long KIB = 1024;
    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final Virt virt;
    private final DomainCalls calls;
    private final RunningJobs running;
    private final Guests guests;
    private final Snapshots snapshots;
    private final Migrations migrations;
    private final DiskJobs diskJobs;
    private final Disks disks;
    private final LostWork lostWork;
    private final Interrupted interrupted;
    private final ForeignJobs foreign;
    private final ProgressReports reports;

    LibvirtDomains(Hypervisor hypervisor, Supplier<Optional<Domains>> domains, LostWork lostWork) {
        this.lostWork = lostWork;
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
        this.calls = new DomainCalls(hypervisor);
        this.running = new RunningJobs(hypervisor, lostWork);
        this.guests = new Guests(calls, running);
        this.snapshots = new Snapshots(calls, running);
        this.migrations = new Migrations(calls, running);
        this.diskJobs = new DiskJobs(hypervisor, calls, running, lostWork);
        this.disks = new Disks(hypervisor, calls, diskJobs);
        this.interrupted = new Interrupted(hypervisor, running, diskJobs, disks);
        Looks looks = new Looks(hypervisor, domains);
        this.foreign = new ForeignJobs(hypervisor, running, looks);
        this.reports = new ProgressReports(hypervisor, running, diskJobs, looks);
        hypervisor.listen(new EventDelivery(hypervisor.threads(), this));
        // users of a domain that is gone, or has another name, are to be told so
        CoalescedAction list = new CoalescedAction(
                hypervisor.threads(), () -> domains.get().ifPresent(Domains::list));
        hypervisor.table().whenListChanges(list::request);
    }

    /** The same driver, whose callers wait no longer than a limit for the answers to short calls. */
    private LibvirtDomains(LibvirtDomains whole, Duration limit) {
        this.hypervisor = whole.hypervisor;
        this.libvirt = whole.libvirt;
        this.virt = whole.virt;
        this.calls = whole.calls.within(limit);
        this.running = whole.running;
        this.guests = new Guests(calls, running);
        this.snapshots = new Snapshots(calls, running);
        this.migrations = new Migrations(calls, running);
        this.diskJobs = whole.diskJobs;
        this.disks = whole.disks;
        this.interrupted = whole.interrupted;
        this.lostWork = whole.lostWork;
        this.foreign = whole.foreign;
        this.reports = whole.reports;
    }

    @Override
    public DomainDriver within(Duration limit) {
        return new LibvirtDomains(this, limit);
    }

    /**
     * Cleans up what the last connection has left, as after a crash, and waits a moment for that: nobody has
     * a job on these domains yet.
     */
    void recoverLost() throws InterruptedException {
        List<Future<?>> cleanUps = lostWork.take().stream()
                .<Future<?>>map(work -> hypervisor.threads().submit(() -> cleanUp(work)))
                .toList();
        RunningJobs.awaitAnswers(cleanUps);
    }

    private void cleanUp(RecordedWork work) {
        try {
            interrupted.cleanUp(work);
        } catch (LibvirtException e) {
            LOG.warn("{} is not cleaned up after the connection was lost", work.attributes(), e);
            if (hypervisor.isLost()) {
                lostWork.add(work);
            }
        } catch (IllegalStateException e) {
            LOG.warn("{} is not cleaned up after the connection was lost", work.attributes(), e);
        } catch (InterruptedException e) {
            lostWork.add(work);
            Thread.currentThread().interrupt();
        }
    }

    /** Begins to look, now and then, for what others do, and how far our own jobs have got. */
    void follow(long pollMillis) {
        if (policy().async()) {
            foreign.follow(pollMillis);
            reports.start();
        }
    }

    /** Asks whatever runs to end, and waits a moment for the answers; looks at nothing any more. */
    void stop() throws InterruptedException {
        foreign.close();
        reports.close();
        running.abortAll();
        diskJobs.abortAll();
    }

    @Override
    public String name() {
        return hypervisor.uri();
    }

    @Override
    public GuestDriver guests() {
        return guests;
    }

    @Override
    public SnapshotDriver snapshots() {
        return snapshots;
    }

    @Override
    public DiskDriver disks() {
        return disks;
    }

    @Override
    public MigrationDriver migrations() {
        return migrations;
    }

    @Override
    public AdmissionPolicy policy() {
        return hypervisor.isQemu() ? AdmissionPolicy.LIBVIRT : AdmissionPolicy.SYNC_ONLY;
    }

    /** Nobody but who destroys: until libvirt has begun its own job, whoever asks is in its way. */
    @Override
    public JobMask maskToBegin(AsyncOperation operation) {
        return JobMask.of(JobType.DESTROY);
    }

    @Override
    public Optional<String> lookForOthers(UUID domain, Duration limit) throws InterruptedException {
        if (!policy().async()) {
            return Optional.empty();
        }
        Optional<String> held = running.held().await(domain, Deadline.in(limit));
        return held.isPresent() ? held : foreign.look(domain, limit);
    }

    @Override
    public Optional<String> awaitOthers(UUID domain, AsyncJob job, Duration limit)
            throws JobAbortedException, InterruptedException {
        if (!policy().async()) {
            return Optional.empty();
        }
        Optional<String> held = running.held().await(domain, job, Deadline.in(limit));
        return held.isPresent() ? held : foreign.await(domain, job, limit);
    }

    // ---- the table ------------------------------------------------------------------------------

    @Override
    public List<DomainSpec> list() {
        return hypervisor.table().list();
    }

    @Override
    public DomainInfo info(UUID domain) throws DomainException {
        return hypervisor
                .table()
                .info(domain)
                .orElseThrow(() -> new DomainException(
                        Reason.NOT_FOUND, domain.toString(), "no such domain at " + name(), null));
    }

    @Override
    public void define(DomainSpec spec) throws DomainException {
        String xml = DomainXml.of(spec, hypervisor.type());
        boolean taken = hypervisor.table().list().stream()
                .anyMatch(other ->
                        other.name().equals(spec.name()) || other.uuid().equals(spec.uuid()));
        if (taken) {
            throw new DomainException(Reason.EXISTS, spec.name(), "exists already", null);
        }
        calls.onConnection(spec.uuid(), spec.name(), connection -> {
            DomainPtr domain = libvirt.check(virt.virDomainDefineXMLFlags(connection, xml, 0));
            try {
                return hypervisor.table().look(domain);
            } finally {
                virt.virDomainFree(domain);
            }
        });
    }

    @Override
    public void undefine(UUID domain, Job job) throws DomainException {
        if (info(domain).state().active()) {
            throw new DomainException(
                    Reason.INVALID_STATE, calls.name(domain), "domain is running", null);
        }
        calls.change(domain, pointer -> virt.virDomainUndefineFlags(pointer, 0));
    }

    @Override
    public DomainInfo query(UUID domain, Job job) throws DomainException {
        return calls.look(domain);
    }

    @Override
    public Map<UUID, DomainStatistics> statistics(
            Map<UUID, Job> domains, Set<StatisticsGroup> groups) throws DomainException {
        return guests.statistics(domains.keySet(), groups);
    }

    // ---- starting, saving, ending ---------------------------------------------------------------

    @Override
    public void start(UUID domain, Job job)
            throws DomainException, JobAbortedException, InterruptedException {
        // libvirt's way to end a start is to destroy the domain
        job.abortable(false);
        running.run(
                domain,
                job,
                DomainOperation.START,
                () -> calls.run(domain, p -> virt.virDomainCreateWithFlags(p, 0)));
    }

    @Override
    public void suspend(UUID domain, Job job) throws DomainException {
        calls.change(domain, virt::virDomainSuspend);
    }

    @Override
    public void resume(UUID domain, Job job) throws DomainException {
        calls.change(domain, virt::virDomainResume);
    }

    @Override
    public void setMemory(UUID domain, long bytes, Job job) throws DomainException {
        calls.change(
                domain,
                pointer -> virt.virDomainSetMemoryFlags(
                        pointer, Math.max(1, bytes / KIB), Flags.DOMAIN_AFFECT_CURRENT));
    }

    @Override
    public void save(UUID domain, Path to, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String file = calls.file(domain, to);
        // a pipe is written into; of a host elsewhere only libvirt knows
        if (Files.isRegularFile(to)) {
            throw new DomainException(
                    Reason.BAD_FILE, calls.name(domain), file + " exists already", null);
        }
        running.run(
                domain,
                job,
                DomainOperation.SAVE,
                () -> calls.run(domain, p -> virt.virDomainSaveFlags(p, file, null, 0)));
    }

    @Override
    public void restore(UUID domain, Path from, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        String file = calls.file(domain, from);
        checkSaved(domain, file);
        job.abortable(false);
        running.run(
                domain,
                job,
                DomainOperation.RESTORE,
                () -> hypervisor
                        .lanes()
                        .call(connection -> libvirt.check(
                                virt.virDomainRestoreFlags(connection, file, null, 0))));
    }

    /** Checks that a file is of a domain: libvirt would start whichever it is of. */
    private void checkSaved(UUID domain, String file) throws DomainException {
        String name = calls.name(domain);
        try {
            String xml = hypervisor
                    .lanes()
                    .call(connection ->
                            libvirt.take(virt.virDomainSaveImageGetXMLDesc(connection, file, 0)));
            String uuid = Xml.text(Xml.parse(xml), "uuid").orElse("");
            if (!uuid.equals(domain.toString())) {
                throw new DomainException(
                        Reason.BAD_FILE, name, file + " is of the domain with uuid " + uuid, null);
            }
        } catch (LibvirtException e) {
            throw new DomainException(
                    Reason.BAD_FILE, name, file + " is no saved domain: " + e.text(), e);
        }
    }

    /** As libvirt does it: the process is killed first, and then who holds the domain fails out. */
    @Override
    public void kill(UUID domain) throws DomainException {
        kill(domain, 0);
    }

    @Override
    public void killGracefully(UUID domain) throws DomainException {
        kill(domain, Flags.DOMAIN_DESTROY_GRACEFUL);
    }

    /** Kills a guest; of one that is dead already, ends the jobs of ours that libvirt still holds. */
    private void kill(UUID domain, int flags) throws DomainException {
        try {
            calls.change(domain, pointer -> virt.virDomainDestroyFlags(pointer, flags));
        } catch (DomainException e) {
            Optional<String> held = e.reason() == Reason.INVALID_STATE
                    ? running.held().giveUp(domain)
                    : Optional.empty();
            if (held.isPresent()) {
                throw new DomainException(
                        e.reason(), calls.name(domain), "domain is not running; " + held.get(), e);
            }
            throw e;
        }
    }

    /**
     * Ends the jobs of ours that libvirt still holds; the rest libvirt cleans up by itself. A domain that was
     * not defined is gone by now.
     */
    @Override
    public void destroy(UUID domain, Job job) throws DomainException {
        hypervisor.lookSoon(domain);
        Optional<String> held = running.held().giveUp(domain);
        if (held.isPresent()) {
            throw new DomainException(
                    Reason.INVALID_STATE,
                    calls.name(domain),
                    "it was destroyed, but " + held.get(),
                    null);
        }
    }

    @Override
    public Recovery recover(UUID domain, InterruptedJob job)
            throws DomainException, InterruptedException {
        return interrupted.recover(domain, job);
    }

    // ---- what libvirt tells ---------------------------------------------------------------------

    @Override
    public void closed() {
        diskJobs.lost();
        foreign.close();
    }

    @Override
    public void changed(UUID domain, int event, int detail) {
        interrupted.changed(domain);
        if (event == Flags.DOMAIN_EVENT_SUSPENDED) {
            running.with(domain, RunningCall::begun);
            running.with(domain, call -> Migrations.suspended(call, detail));
        } else if (event == Flags.DOMAIN_EVENT_STOPPED) {
            diskJobs.stopped(domain);
        }
        foreign.lookSoon(domain);
    }

    @Override
    public void iteration(UUID domain) {
        running.with(domain, RunningCall::begun);
        running.with(domain, Snapshots::writesMemory);
        foreign.lookSoon(domain);
    }

    @Override
    public void jobCompleted(UUID domain, Map<String, Object> statistics) {
        running.jobCompleted(domain, statistics);
        diskJobs.jobCompleted(domain, statistics);
        foreign.lookSoon(domain);
    }

    @Override
    public void blockJob(UUID domain, String disk, int type, int status) {
        diskJobs.blockJob(domain, disk, type, status);
    }
}
