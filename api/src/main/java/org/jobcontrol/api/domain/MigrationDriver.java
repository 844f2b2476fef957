package org.jobcontrol.api.domain;

import java.time.Duration;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a {@link DomainDriver} does to move domains, if it can. Methods are called under the job that is handed over;
 * what returns at once and takes none is called without.
 */
@ConsumerType
public interface MigrationDriver {
    /**
     * Moves the domain to another hypervisor.
     *
     * @param domain its uuid
     * @param migration where to, and how
     * @param job the MIGRATION_OUT job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; it runs on where it was
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void migrate(UUID domain, MigrationSpec migration, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "move a domain");
    }

    /**
     * Limits how fast the running migration goes, under a MIGRATION_OP job.
     *
     * @param domain its uuid
     * @param bytesPerSecond the limit in bytes per second, more than 0
     * @param job the MIGRATION_OP job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void bandwidth(UUID domain, long bytesPerSecond, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "limit a migration");
    }

    /**
     * Sets for how long the guest may stand still when the running migration switches over, under a
     * MIGRATION_OP job.
     *
     * @param domain its uuid
     * @param longest how long
     * @param job the MIGRATION_OP job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void downtime(UUID domain, Duration longest, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "set the downtime of a migration");
    }

    /**
     * Switches the running migration over now, under a MIGRATION_OP job: the guest runs at its
     * destination, and memory that is missing follows. From then on the migration cannot be
     * aborted.
     *
     * @param domain its uuid
     * @param job the MIGRATION_OP job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void startPostCopy(UUID domain, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "switch a migration to post-copy");
    }
}
