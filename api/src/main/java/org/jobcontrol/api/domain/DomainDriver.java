package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Does the work on domains: a service, one for each hypervisor connection. Every method is called
 * under the job that its operation needs, which is handed over so that the driver can report
 * progress, stop when asked to, enter phases, and refuse late work by {@link Job#fence()}. Only
 * {@link #name}, {@link #policy}, {@link #within}, {@link #maskToBegin}, {@link #define}, {@link
 * #list}, {@link #info}, {@link #lookForOthers}, {@link #kill}, {@link #killGracefully}, {@link #abort}
 * and {@link #progress} are called without one; but for the kills, they must not wait for work that runs.
 *
 * <p>Methods may be called by many threads at once.
 */
@ConsumerType
public interface DomainDriver {
    /**
     * The attribute that a driver may record with a job ({@link Job#record}): the uuid of its domain. Names
     * are given again, and two hypervisors may each have a domain of one name; so {@link #recover} is called
     * for the domain with this uuid, whatever its name is by then.
     */
    String UUID_ATTRIBUTE = "domain.uuid";

    /**
     * The attribute that a driver records together with {@link #UUID_ATTRIBUTE}: its {@link #name}. The job
     * is recovered by the driver of this name, and waits until that is there.
     */
    String DRIVER_ATTRIBUTE = "domain.driver";

    /**
     * Returns what people call this driver.
     *
     * @return a short name, such as {@code test} or a connection's URI
     */
    String name();

    /**
     * Returns the rules for the jobs of these domains; the same ones, always. Where there are no async
     * jobs a domain is started under a MODIFY job, and what else would take one is refused.
     *
     * @return the policy
     */
    default AdmissionPolicy policy() {
        return AdmissionPolicy.LIBVIRT;
    }

    /**
     * Returns what the driver does with guests beyond starting, saving and ending them.
     *
     * @return the same, always; one that can do nothing unless a driver can more
     */
    default GuestDriver guests() {
        return new GuestDriver() {};
    }

    /**
     * Returns what the driver does with snapshots.
     *
     * @return the same, always; one that can do nothing unless a driver can more
     */
    default SnapshotDriver snapshots() {
        return new SnapshotDriver() {};
    }

    /**
     * Returns what the driver does with disks.
     *
     * @return the same, always; one that can do nothing unless a driver can more
     */
    default DiskDriver disks() {
        return new DiskDriver() {};
    }

    /**
     * Returns what the driver does to move domains.
     *
     * @return the same, always; one that can do nothing unless a driver can more
     */
    default MigrationDriver migrations() {
        return new MigrationDriver() {};
    }

    /**
     * Returns the types that may run beside an async job until the driver widens its mask to the
     * operation's own: a hypervisor with jobs of its own must not be asked for others before it has begun
     * this one.
     *
     * @param operation what is about to begin
     * @return the mask to begin with
     */
    default JobMask maskToBegin(AsyncOperation operation) {
        return operation.defaultMask();
    }

    /**
     * Returns this driver with a limit for its callers: each short call made through it fails when the
     * hypervisor has not answered in that time, with a {@link DomainException} whose {@link
     * DomainException#inFlight} says when it has. Long-running work, which is done under an async job, has
     * no limit.
     *
     * @param limit how long a caller waits for an answer; more than zero
     * @return a driver for the same domains; this one if its calls wait for no hypervisor
     */
    default DomainDriver within(Duration limit) {
        return this;
    }

    /**
     * Looks for a job that another client has begun at the hypervisor, and shows it as a job of the
     * domain. Called under no job, before a job is begun that such a job would hold up in the
     * hypervisor. Does not wait for work that runs.
     *
     * @param domain its uuid
     * @param limit how long to wait for the hypervisor's answer; more than zero
     * @return a sentence that says who has not answered; empty if the answer is there
     * @throws InterruptedException if the thread is interrupted
     */
    default Optional<String> lookForOthers(UUID domain, Duration limit)
            throws InterruptedException {
        return Optional.empty();
    }

    /**
     * Waits until no other client has a job on a domain at the hypervisor. Called under an async job whose
     * work has not begun there yet, since its caller did not wait for {@link #lookForOthers}.
     *
     * @param domain its uuid
     * @param job the job that is to begin there
     * @param limit how long to wait; more than zero
     * @return a sentence that says which job still runs, or who has not answered; empty if the work can
     *     begin
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    default Optional<String> awaitOthers(UUID domain, AsyncJob job, Duration limit)
            throws JobAbortedException, InterruptedException {
        return Optional.empty();
    }

    /**
     * Returns the domains that exist now: each one for which {@link #define} has returned, from then on
     * until it is undefined, and those that others have made. A domain that was there and is missing from
     * the list counts as gone: that is logged, its job object is closed, and its name is free. A driver
     * that cannot tell, or not about all, such as while its connection is down, must throw instead: then
     * all domains stay that are known.
     *
     * @return what each was defined as, active or not
     * @throws DomainException if the driver cannot tell
     */
    List<DomainSpec> list() throws DomainException;

    /**
     * Defines a domain.
     *
     * @param spec what it is to be
     * @throws DomainException with reason EXISTS if its name or uuid is taken
     */
    void define(DomainSpec spec) throws DomainException;

    /**
     * Forgets a domain that is shut off.
     *
     * @param domain its uuid
     * @param job the MODIFY job
     * @throws DomainException if it is active
     */
    void undefine(UUID domain, Job job) throws DomainException;

    /**
     * Returns how a domain is, without waiting for work that runs.
     *
     * @param domain its uuid
     * @return the values last seen
     * @throws DomainException with reason NOT_FOUND if there is none
     */
    DomainInfo info(UUID domain) throws DomainException;

    /**
     * Asks the hypervisor how a domain is.
     *
     * @param domain its uuid
     * @param job the QUERY job
     * @return the values of now
     * @throws DomainException if it cannot be asked
     */
    DomainInfo query(UUID domain, Job job) throws DomainException;

    /**
     * Starts a domain.
     *
     * @param domain its uuid
     * @param job the START job; a MODIFY job where the {@link #policy} knows no async jobs
     * @throws DomainException if it is active
     * @throws JobAbortedException if the job was asked to abort; it is shut off
     * @throws InterruptedException if the thread is interrupted; it is shut off
     */
    void start(UUID domain, Job job)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Stops the virtual CPUs of a domain.
     *
     * @param domain its uuid
     * @param job the SUSPEND job
     * @throws DomainException if it does not run
     */
    void suspend(UUID domain, Job job) throws DomainException;

    /**
     * Lets the virtual CPUs of a domain run again.
     *
     * @param domain its uuid
     * @param job the MODIFY job
     * @throws DomainException if it is not paused
     */
    void resume(UUID domain, Job job) throws DomainException;

    /**
     * Sets the memory of a domain.
     *
     * @param domain its uuid
     * @param bytes the memory from now on, within what it was defined with
     * @param job the MODIFY job
     * @throws DomainException if it cannot be set
     */
    void setMemory(UUID domain, long bytes, Job job) throws DomainException;

    /**
     * Writes memory and state to a file and shuts the domain off.
     *
     * @param domain its uuid
     * @param to the file
     * @param job the SAVE job
     * @throws DomainException if it is not active or the file cannot be written; there is no file
     * @throws JobAbortedException if the job was asked to abort; there is no file and it runs on
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void save(UUID domain, Path to, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Starts a domain from a saved file.
     *
     * @param domain its uuid
     * @param from the file
     * @param job the RESTORE job
     * @throws DomainException if it is active or the file is none of its
     * @throws JobAbortedException if the job was asked to abort; it is shut off
     * @throws InterruptedException if the thread is interrupted; it is shut off
     */
    void restore(UUID domain, Path from, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Asks the hypervisor for statistics of several domains.
     *
     * @param domains for each, by uuid, the QUERY job
     * @param groups about what
     * @return the values by uuid; those of a domain that is gone are missing
     * @throws DomainException if none can be told; UNSUPPORTED unless a driver can do it
     */
    default Map<UUID, DomainStatistics> statistics(
            Map<UUID, Job> domains, Set<StatisticsGroup> groups) throws DomainException {
        throw DomainException.unsupported(domains.keySet().iterator().next(), "give statistics");
    }

    /**
     * Kills a domain's process, under no job, so that whoever works on it fails out.
     *
     * @param domain its uuid
     * @throws DomainException if it is not active
     */
    void kill(UUID domain) throws DomainException;

    /**
     * Asks a domain's process to end, under no job, and gives it the time it needs.
     *
     * @param domain its uuid
     * @throws DomainException if it is not active or does not end; UNSUPPORTED unless a driver can do
     *     it
     */
    default void killGracefully(UUID domain) throws DomainException {
        throw DomainException.unsupported(domain, "end a domain gracefully");
    }

    /**
     * Cleans up after a domain whose process was killed.
     *
     * @param domain its uuid
     * @param job the DESTROY job
     * @throws DomainException if that fails
     */
    void destroy(UUID domain, Job job) throws DomainException;

    /**
     * Cleans up after a job that a crash of this process interrupted. Nobody else has a job on the domain
     * meanwhile.
     *
     * @param domain the domain's uuid
     * @param job the interrupted job
     * @return what became of it
     * @throws DomainException if it cannot be cleaned up now
     * @throws InterruptedException if the thread is interrupted; it is tried again some time
     */
    default Recovery recover(UUID domain, InterruptedJob job)
            throws DomainException, InterruptedException {
        return Recovery.ended(JobOutcome.ORPHANED, "the driver recovers no jobs");
    }

    /**
     * Passes an abort on to the hypervisor, without waiting for the job's end.
     *
     * @param domain its uuid
     * @param job the running job
     */
    default void abort(UUID domain, JobInfo job) {}

    /**
     * Returns how far a job has got, as far as the driver knows and has not reported to the job itself.
     * Makes no call to the hypervisor.
     *
     * @param domain its uuid
     * @param job the running job
     * @return the progress, or empty if only the job itself knows
     */
    default Optional<Progress> progress(UUID domain, JobInfo job) {
        return Optional.empty();
    }
}
