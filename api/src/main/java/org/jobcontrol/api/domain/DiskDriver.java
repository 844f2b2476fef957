package org.jobcontrol.api.domain;

import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a {@link DomainDriver} does with disks, if it can. Methods are called under the job that is handed over;
 * what returns at once and takes none is called without.
 */
@ConsumerType
public interface DiskDriver {
    /**
     * Backs disks up while the domain runs.
     *
     * @param domain its uuid
     * @param backup which, and where to
     * @param job the BACKUP job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; the files are not whole
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void backup(UUID domain, BackupSpec backup, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "back disks up");
    }

    /**
     * Mirrors a disk to a new image.
     *
     * @param domain its uuid
     * @param disk its target name, such as {@code vda}
     * @param copy where to
     * @param job the BLOCK_COPY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; the domain uses the old image
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void copy(UUID domain, String disk, BlockCopySpec copy, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "mirror a disk");
    }

    /**
     * Merges the topmost overlay of a disk into the image below it, which the domain then uses.
     *
     * @param domain its uuid
     * @param disk its target name
     * @param job the BLOCK_COMMIT job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; the domain uses the overlay
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void commit(UUID domain, String disk, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "merge an overlay into its backing image");
    }

    /**
     * Pulls what lies below a disk into it, so that nothing lies below it any more.
     *
     * @param domain its uuid
     * @param disk its target name
     * @param job the BLOCK_PULL job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; what was pulled by then stays in
     *     it
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void pull(UUID domain, String disk, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "pull a backing image into its overlay");
    }
}
