package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.time.Duration;
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
     * Kills the domain. As in libvirt the process is killed first, so that whoever works on the
     * domain fails out, and then a DESTROY job is begun to clean up.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the domain is not active, or the driver fails
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
