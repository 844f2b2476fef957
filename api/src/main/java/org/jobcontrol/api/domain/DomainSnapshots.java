package org.jobcontrol.api.domain;

import java.time.Duration;
import java.util.List;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The snapshots of a domain. Each operation begins its own job, or works under one that the caller
 * holds.
 */
@ProviderType
public interface DomainSnapshots {
    /**
     * Returns the names of the snapshots there are; takes no job. Waits for the hypervisor's answer for
     * ten seconds at most.
     *
     * @return the names
     * @throws DomainException if the driver fails, or the hypervisor has not answered in that time
     */
    List<String> list() throws DomainException;

    /**
     * Takes a snapshot, under an async job.
     *
     * @param snapshot what it is to be
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the snapshot is whole
     */
    JobFuture<Void> create(SnapshotSpec snapshot, Duration timeout);

    /**
     * Takes a snapshot under a job that the caller holds.
     *
     * @param snapshot what it is to be
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; there is none, and the domain is
     *     as before
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void create(SnapshotSpec snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Goes back to a snapshot, under an async job.
     *
     * @param snapshot its name
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain is as it was then
     */
    JobFuture<Void> revert(String snapshot, Duration timeout);

    /**
     * Goes back to a snapshot under a job that the caller holds.
     *
     * @param snapshot its name
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain may be shut off
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void revert(String snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Deletes a snapshot, under an async job.
     *
     * @param snapshot its name
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when it is gone
     */
    JobFuture<Void> delete(String snapshot, Duration timeout);

    /**
     * Deletes a snapshot under a job that the caller holds.
     *
     * @param snapshot its name
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; it is still there
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void delete(String snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;
}
