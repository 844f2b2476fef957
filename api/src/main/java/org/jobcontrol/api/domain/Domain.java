package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A domain. Its operations begin their own jobs, with the types and masks of libvirt's QEMU driver;
 * each takes the time it may wait for its job. Those that last return at once and are watched and
 * aborted through their future; the overloads that take a job work under it, in this thread.
 *
 * <p>An operation that returns its result waits for the hypervisor's answer within the same time, but for
 * two seconds at least. Where the hypervisor does not even say which jobs it runs, the operation is refused
 * TIMEOUT, and nothing has begun. Where it has not answered the call itself, a {@link DomainException}
 * whose {@link DomainException#inFlight} is present says so: the call may still take effect, and its job
 * lasts until then.
 */
@ProviderType
public interface Domain {
    /**
     * Returns the domain's name, unique on the host.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the domain's uuid.
     *
     * @return the uuid
     */
    UUID uuid();

    /**
     * Returns the state last seen; takes no job and does not wait.
     *
     * @return the state
     */
    DomainState state();

    /**
     * Returns what was last seen of the domain; takes no job and does not wait.
     *
     * @return the values with the instant at which they were true
     */
    DomainInfo info();

    /**
     * Returns the domain's job object.
     *
     * @return the job object, acting in the name of the bundle that this domain was given to
     */
    JobObject jobs();

    /**
     * Asks the driver how the domain is, under a QUERY job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the values of now
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    DomainInfo query(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Starts the domain under an async job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain runs
     */
    JobFuture<Void> start(Duration timeout);

    /**
     * Starts the domain under a job that the caller holds.
     *
     * @param under a running async job on this domain
     * @throws DomainException if it runs already, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain is shut off
     * @throws InterruptedException if the thread is interrupted; the domain is shut off
     */
    void start(AsyncJob under) throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Stops the virtual CPUs, under a SUSPEND job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain does not run, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void suspend(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Lets the virtual CPUs run again, under a MODIFY job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain is not paused, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void resume(Duration timeout) throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Sets the domain's memory, under a MODIFY job.
     *
     * @param bytes the memory from now on; more than 0 and at most the memory it was defined with
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     * @throws IllegalArgumentException if the size is out of range
     */
    void setMemory(long bytes, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Writes memory and state to a file and shuts the domain off, under an async job.
     *
     * @param to the file; it must not exist
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the file is whole; if aborted, there is no file and the domain is as before
     */
    JobFuture<Void> save(Path to, Duration timeout);

    /**
     * Writes memory and state to a file under a job that the caller holds.
     *
     * @param to the file; it must not exist
     * @param under a running async job on this domain
     * @throws DomainException if the domain is not active, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; there is no file and the domain is
     *     as before
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void save(Path to, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Starts the domain from a saved file, under an async job.
     *
     * @param from the file; it is kept
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain is as it was when it was saved
     */
    JobFuture<Void> restore(Path from, Duration timeout);

    /**
     * Starts the domain from a saved file under a job that the caller holds.
     *
     * @param from the file; it is kept
     * @param under a running async job on this domain
     * @throws DomainException if the domain is active, the file is none of its, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain is shut off
     * @throws InterruptedException if the thread is interrupted; the domain is shut off
     */
    void restore(Path from, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Asks the guest to shut down; it may take its time, or not do it.
     *
     * @param mode whom it is asked through
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void shutdown(ShutdownMode mode, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Asks the guest to reboot.
     *
     * @param mode whom it is asked through
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void reboot(ShutdownMode mode, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Resets the domain as its reset button does.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void reset(Duration timeout) throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Sets how many virtual CPUs the domain has.
     *
     * @param count how many, at least 1
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void setVcpus(int count, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Attaches a device, such as a disk, to a domain that runs.
     *
     * @param device its definition in libvirt's XML
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void attachDevice(String device, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Detaches a device. The guest has to let go of it, which may take a while.
     *
     * @param device its definition in libvirt's XML
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void detachDevice(String device, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Takes a picture of a screen.
     *
     * @param screen which, from 0
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the picture
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    Screenshot screenshot(int screen, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Gives the agent in the guest a command. A guest can keep it waiting; that holds up nothing
     * but other agent jobs.
     *
     * @param command the command in JSON, as {@code {"execute":"guest-ping"}}
     * @param patience how long the agent may take
     * @param timeout how long to wait for the job; zero or less tries once
     * @return its answer in JSON
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    String agentCommand(String command, Duration patience, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Saves the domain to a file of the hypervisor, from which its next start restores it, under an
     * async job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain is shut off
     */
    JobFuture<Void> managedSave(Duration timeout);

    /**
     * Saves the domain to a file of the hypervisor, from which its next start restores it under a
     * job that the caller holds.
     *
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; it runs on
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void managedSave(AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Writes the memory of the domain to a core file, under an async job.
     *
     * @param to the file
     * @param options how
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the file is whole
     */
    JobFuture<Void> dump(Path to, Set<DumpOption> options, Duration timeout);

    /**
     * Writes the memory of the domain to a core file under a job that the caller holds.
     *
     * @param to the file
     * @param options how
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain is as before
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void dump(Path to, Set<DumpOption> options, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Returns how the domain is defined now; takes no job. Waits for the hypervisor's answer for ten
     * seconds at most.
     *
     * @return libvirt's XML
     * @throws DomainException if the driver cannot tell, or the hypervisor has not answered in that time
     */
    String definition() throws DomainException;

    /**
     * Asks the hypervisor for statistics, under a QUERY job.
     *
     * @param groups about what
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the values of now
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    DomainStatistics statistics(Set<StatisticsGroup> groups, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Returns the statistics that were last asked for; takes no job and does not wait.
     *
     * @return the values with the instant at which they were true
     */
    DomainStatistics lastStatistics();

    /**
     * Returns the domain's snapshots.
     *
     * @return what can be done with them
     */
    DomainSnapshots snapshots();

    /**
     * Returns the domain's disks.
     *
     * @return what can be done with them
     */
    DomainDisks disks();

    /**
     * Returns what moves the domain to another hypervisor.
     *
     * @return what can be done
     */
    DomainMigrations migrations();

    /**
     * Asks the domain's process to end and gives it time to write what it has in its caches, then
     * begins a DESTROY job to clean up. A process that does not listen runs on.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain is not active, its process does not end, or the driver
     *     fails
     * @throws JobRefusedException if the job was not admitted; the process is dead all the same
     * @throws InterruptedException if the thread is interrupted while waiting; likewise
     */
    void destroyGracefully(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Kills the domain. As in libvirt the process is killed first, so that whoever works on the
     * domain fails out, and then a DESTROY job is begun to clean up.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain is not active, or the driver fails; with reason
     *     INVALID_STATE also if the domain is dead, but the hypervisor still holds a job of it, which
     *     the message names
     * @throws JobRefusedException if the job was not admitted; the process is dead all the same
     * @throws InterruptedException if the thread is interrupted while waiting; likewise
     */
    void destroy(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Forgets a domain that is shut off, under a MODIFY job, and closes its job object.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain is active, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void undefine(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;
}
