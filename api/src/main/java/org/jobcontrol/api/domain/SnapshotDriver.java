package org.jobcontrol.api.domain;

import java.util.List;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a {@link DomainDriver} does with snapshots, if it can. Methods are called under the job that is handed over;
 * what returns at once and takes none is called without.
 */
@ConsumerType
public interface SnapshotDriver {
    /**
     * Returns the names of the snapshots there are; takes no job.
     *
     * @param domain its uuid
     * @return the names
     * @throws DomainException if it cannot be told; UNSUPPORTED unless a driver can do it
     */
    default List<String> list(UUID domain) throws DomainException {
        throw DomainException.unsupported(domain, "list snapshots");
    }

    /**
     * Takes a snapshot.
     *
     * @param domain its uuid
     * @param snapshot what it is to be
     * @param job the SNAPSHOT job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; there is none, and the domain is
     *     as before
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void create(UUID domain, SnapshotSpec snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "take a snapshot");
    }

    /**
     * Goes back to a snapshot.
     *
     * @param domain its uuid
     * @param snapshot its name
     * @param job the SNAPSHOT_REVERT job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; the domain may be shut off
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void revert(UUID domain, String snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "go back to a snapshot");
    }

    /**
     * Deletes a snapshot.
     *
     * @param domain its uuid
     * @param snapshot its name
     * @param job the SNAPSHOT_DELETE job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; it is still there
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void delete(UUID domain, String snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "delete a snapshot");
    }
}
