package org.jobcontrol.api.domain;

import java.time.Duration;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Moves a domain to another hypervisor. The job goes through the phases of {@link
 * org.jobcontrol.api.DomainOperation#MIGRATION_OUT}; to abort it is to stay.
 */
@ProviderType
public interface DomainMigrations {
    /**
     * Moves the domain to another hypervisor, under an async job.
     *
     * @param migration where to, and how
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the domain runs there
     */
    JobFuture<Void> migrate(MigrationSpec migration, Duration timeout);

    /**
     * Moves the domain to another hypervisor under a job that the caller holds.
     *
     * @param migration where to, and how
     * @param under a running async job on this domain
     * @throws DomainException if the driver fails
     * @throws JobAbortedException if the job was asked to abort; it runs on where it was
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    void migrate(MigrationSpec migration, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException;

    /**
     * Limits how fast the running migration goes, under a MIGRATION_OP job.
     *
     * @param bytesPerSecond the limit in bytes per second, more than 0
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void bandwidth(long bytesPerSecond, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Sets for how long the guest may stand still when the running migration switches over, under a
     * MIGRATION_OP job.
     *
     * @param longest how long
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void downtime(Duration longest, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;

    /**
     * Switches the running migration over now, under a MIGRATION_OP job: the guest runs at its
     * destination, and memory that is missing follows. From then on the migration cannot be
     * aborted.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws DomainException if the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void startPostCopy(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException;
}
