package org.jobcontrol.domain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainDisks;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainMigrations;
import org.jobcontrol.api.domain.DomainSnapshots;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.DumpOption;
import org.jobcontrol.api.domain.Screenshot;
import org.jobcontrol.api.domain.ShutdownMode;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jspecify.annotations.Nullable;

/**
 * A domain as one user sees it: what all share, and that user's job control. Safe for use by many
 * threads. Which job each operation takes is in {@link DomainWork}; how it is done under that job, in
 * {@link UnderJob}.
 */
final class DomainView implements Domain {
    private final DomainCatalog catalog;
    private final DomainRecord record;
    private final JobControl control;
    private final UnderJob underJob;

    /** Found on first use and kept: who holds a view of a domain that was undefined stays refused. */
    private volatile @Nullable JobObject jobs;

    DomainView(DomainCatalog catalog, DomainRecord record, JobControl control) {
        this.catalog = catalog;
        this.record = record;
        this.control = control;
        this.underJob = new UnderJob(catalog, record);
    }

    @Override
    public String name() {
        return record.spec().name();
    }

    @Override
    public UUID uuid() {
        return record.spec().uuid();
    }

    @Override
    public DomainState state() {
        return record.info().state();
    }

    @Override
    public DomainInfo info() {
        return record.info();
    }

    @Override
    public String definition() throws DomainException {
        return driver().within(Patience.WITHOUT_TIMEOUT).guests().definition(uuid());
    }

    @Override
    public DomainStatistics lastStatistics() {
        return record.statistics();
    }

    @Override
    public JobObject jobs() {
        JobObject found = jobs;
        if (found == null) {
            found = control.of(this);
            jobs = found;
        }
        return found;
    }

    @Override
    public DomainSnapshots snapshots() {
        return new SnapshotsView(this);
    }

    @Override
    public DomainDisks disks() {
        return new DisksView(this);
    }

    @Override
    public DomainMigrations migrations() {
        return new MigrationsView(this);
    }

    // ---- looking --------------------------------------------------------------------------------

    @Override
    public DomainInfo query(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        return call(DomainWork.QUERY, timeout, (driver, job) -> {
            DomainInfo now = driver.query(uuid(), job);
            record.seen(now);
            return now;
        });
    }

    @Override
    public DomainStatistics statistics(Set<StatisticsGroup> groups, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(groups, "groups");
        return call(DomainWork.STATISTICS, timeout, (driver, job) -> {
            DomainStatistics now =
                    driver.statistics(Map.of(uuid(), job), groups).get(uuid());
            if (now == null) {
                throw new DomainException(
                        DomainException.Reason.NOT_FOUND, name(), "it is gone", null);
            }
            record.seen(now);
            return now;
        });
    }

    @Override
    public Screenshot screenshot(int screen, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        if (screen < 0) {
            throw new IllegalArgumentException("domain " + name() + ": screen " + screen);
        }
        return call(
                DomainWork.SCREENSHOT,
                timeout,
                (driver, job) -> driver.guests().screenshot(uuid(), screen, job));
    }

    // ---- changing -------------------------------------------------------------------------------

    @Override
    public JobFuture<Void> start(Duration timeout) {
        return record.policy().async()
                ? run(DomainWork.START, timeout, (driver, job) -> driver.start(uuid(), job))
                : underJob.runPlain(
                        jobs(),
                        DomainWork.START,
                        timeout,
                        (driver, job) -> driver.start(uuid(), job));
    }

    @Override
    public void start(AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        under(under, (driver, job) -> driver.start(uuid(), job));
    }

    @Override
    public void suspend(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(DomainWork.SUSPEND, timeout, (driver, job) -> {
            driver.suspend(uuid(), job);
            return null;
        });
    }

    @Override
    public void resume(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(DomainWork.RESUME, timeout, (driver, job) -> {
            driver.resume(uuid(), job);
            return null;
        });
    }

    @Override
    public void reset(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(DomainWork.RESET, timeout, (driver, job) -> {
            driver.guests().reset(uuid(), job);
            return null;
        });
    }

    @Override
    public void shutdown(ShutdownMode mode, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(
                byAgent(mode, DomainWork.SHUTDOWN, DomainWork.SHUTDOWN_BY_AGENT),
                timeout,
                (driver, job) -> {
                    driver.guests().shutdown(uuid(), mode, job);
                    return null;
                });
    }

    @Override
    public void reboot(ShutdownMode mode, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(
                byAgent(mode, DomainWork.REBOOT, DomainWork.REBOOT_BY_AGENT),
                timeout,
                (driver, job) -> {
                    driver.guests().reboot(uuid(), mode, job);
                    return null;
                });
    }

    @Override
    public void setMemory(long bytes, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        long max = record.spec().memory();
        if (bytes <= 0 || bytes > max) {
            throw new IllegalArgumentException("domain " + name() + ": memory of " + bytes
                    + " bytes is not within 1 to " + max);
        }
        call(DomainWork.SET_MEMORY, timeout, (driver, job) -> {
            driver.setMemory(uuid(), bytes, job);
            return null;
        });
    }

    @Override
    public void setVcpus(int count, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        if (count < 1) {
            throw new IllegalArgumentException("domain " + name() + ": " + count + " vcpus");
        }
        call(DomainWork.SET_VCPUS, timeout, (driver, job) -> {
            driver.guests().setVcpus(uuid(), count, job);
            return null;
        });
    }

    @Override
    public void attachDevice(String device, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(device, "device");
        call(DomainWork.ATTACH_DEVICE, timeout, (driver, job) -> {
            driver.guests().attachDevice(uuid(), device, job);
            return null;
        });
    }

    @Override
    public void detachDevice(String device, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(device, "device");
        call(DomainWork.DETACH_DEVICE, timeout, (driver, job) -> {
            driver.guests().detachDevice(uuid(), device, job);
            return null;
        });
    }

    @Override
    public String agentCommand(String command, Duration patience, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(patience, "patience");
        return underJob.call(
                jobs(),
                DomainWork.AGENT_COMMAND,
                timeout,
                patience,
                (driver, job) -> driver.guests().agentCommand(uuid(), command, patience, job));
    }

    @Override
    public JobFuture<Void> managedSave(Duration timeout) {
        return run(
                DomainWork.SAVE,
                timeout,
                (driver, job) -> driver.guests().managedSave(uuid(), job));
    }

    @Override
    public void managedSave(AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        under(under, (driver, job) -> driver.guests().managedSave(uuid(), job));
    }

    @Override
    public JobFuture<Void> dump(Path to, Set<DumpOption> options, Duration timeout) {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(options, "options");
        return run(
                DomainWork.DUMP,
                timeout,
                (driver, job) -> driver.guests().dump(uuid(), to, options, job));
    }

    @Override
    public void dump(Path to, Set<DumpOption> options, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(options, "options");
        under(under, (driver, job) -> driver.guests().dump(uuid(), to, options, job));
    }

    @Override
    public JobFuture<Void> save(Path to, Duration timeout) {
        Objects.requireNonNull(to, "to");
        return run(DomainWork.SAVE, timeout, (driver, job) -> driver.save(uuid(), to, job));
    }

    @Override
    public void save(Path to, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(to, "to");
        under(under, (driver, job) -> driver.save(uuid(), to, job));
    }

    @Override
    public JobFuture<Void> restore(Path from, Duration timeout) {
        Objects.requireNonNull(from, "from");
        return run(DomainWork.RESTORE, timeout, (driver, job) -> driver.restore(uuid(), from, job));
    }

    @Override
    public void restore(Path from, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(from, "from");
        under(under, (driver, job) -> driver.restore(uuid(), from, job));
    }

    // ---- ending ---------------------------------------------------------------------------------

    @Override
    public void destroy(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        Patience patience = new Patience(timeout);
        // under no job: nobody who works on the domain can keep it from being killed
        driver().within(patience.forAnswer()).kill(uuid());
        cleanUp(patience.left());
    }

    @Override
    public void destroyGracefully(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        Patience patience = new Patience(timeout);
        driver().within(patience.forAnswer()).killGracefully(uuid());
        cleanUp(patience.left());
    }

    private void cleanUp(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(DomainWork.DESTROY, timeout, (driver, job) -> {
            driver.destroy(uuid(), job);
            return null;
        });
    }

    @Override
    public void undefine(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(DomainWork.UNDEFINE, timeout, (driver, job) -> {
            catalog.undefine(record, driver, job, jobs()::close);
            return null;
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DomainView view && view.record.id().equals(record.id());
    }

    @Override
    public int hashCode() {
        return record.id().hashCode();
    }

    @Override
    public String toString() {
        return record.id().toString();
    }

    /** What all users share of this domain. */
    DomainRecord record() {
        return record;
    }

    DomainDriver driver() throws DomainException {
        return catalog.driver(record);
    }

    <T> T call(DomainWork work, Duration timeout, UnderJob.Call<T> call)
            throws DomainException, JobRefusedException, InterruptedException {
        return underJob.call(jobs(), work, timeout, call);
    }

    JobFuture<Void> run(DomainWork work, Duration timeout, UnderJob.Step step) {
        return underJob.run(jobs(), work, timeout, step);
    }

    void under(AsyncJob job, UnderJob.Step step)
            throws DomainException, JobAbortedException, InterruptedException {
        underJob.under(job, step);
    }

    private static DomainWork byAgent(ShutdownMode mode, DomainWork acpi, DomainWork agent) {
        return switch (mode) {
            case ACPI -> acpi;
            case AGENT -> agent;
        };
    }
}
