package org.jobcontrol.api.domain;

import java.time.Duration;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Work on the disks of a domain that runs. Each operation begins its own job, or works under one
 * that the caller holds. To libvirt these are block jobs: beside them a domain is looked at,
 * changed and suspended.
 *
 * <p>{@link org.jobcontrol.api.JobAdmin#bandwidth} limits how fast they go, also while they run.
 */
@ProviderType
public interface DomainDisks {
    /**
     * Backs disks up while the domain runs, under an async job.
     *
     * @param backup which, and where to
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the backup is whole, or no longer read
     */
    JobFuture<Void> backup(BackupSpec backup, Duration timeout);

    /**
     * Backs disks up while the domain runs under a job that the caller holds.
     *
     * @param backup which, and where to
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; the files are not whole
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void backup(BackupSpec backup, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Mirrors a disk to a new image, under an async job.
     *
     * @param disk its target name, such as {@code vda}
     * @param copy where to
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when both are the same, and the domain uses the one it is to use
     */
    JobFuture<Void> copy(String disk, BlockCopySpec copy, Duration timeout);

    /**
     * Mirrors a disk to a new image under a job that the caller holds.
     *
     * @param disk its target name, such as {@code vda}
     * @param copy where to
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain uses the old image
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void copy(String disk, BlockCopySpec copy, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Merges the topmost overlay of a disk into the image below it, which the domain then uses,
     * under an async job.
     *
     * @param disk its target name
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain uses the image below
     */
    JobFuture<Void> commit(String disk, Duration timeout);

    /**
     * Merges the topmost overlay of a disk into the image below it, which the domain then uses
     * under a job that the caller holds.
     *
     * @param disk its target name
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; the domain uses the overlay
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void commit(String disk, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Pulls what lies below a disk into it, so that nothing lies below it any more, under an async
     * job.
     *
     * @param disk its target name
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the disk is on its own
     */
    JobFuture<Void> pull(String disk, Duration timeout);

    /**
     * Pulls what lies below a disk into it, so that nothing lies below it any more under a job that
     * the caller holds.
     *
     * @param disk its target name
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; what was pulled by then stays in
     *     it
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void pull(String disk, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;
}
