package org.jobcontrol.domain;

import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.DomainDisks;
import org.jobcontrol.api.domain.DomainException;

/**
 * The disks of a domain as one user sees them. Only says which job each operation takes.
 */
final class DisksView implements DomainDisks {
    private final DomainView domain;

    DisksView(DomainView domain) {
        this.domain = domain;
    }

    @Override
    public JobFuture<Void> backup(BackupSpec backup, Duration timeout) {
        Objects.requireNonNull(backup, "backup");
        return domain.run(
                DomainWork.BACKUP,
                timeout,
                (driver, job) -> driver.disks().backup(domain.uuid(), backup, job));
    }

    @Override
    public void backup(BackupSpec backup, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(backup, "backup");
        domain.under(under, (driver, job) -> driver.disks().backup(domain.uuid(), backup, job));
    }

    @Override
    public JobFuture<Void> copy(String disk, BlockCopySpec copy, Duration timeout) {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(copy, "copy");
        return domain.run(
                DomainWork.BLOCK_COPY,
                timeout,
                (driver, job) -> driver.disks().copy(domain.uuid(), disk, copy, job));
    }

    @Override
    public void copy(String disk, BlockCopySpec copy, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(copy, "copy");
        domain.under(under, (driver, job) -> driver.disks().copy(domain.uuid(), disk, copy, job));
    }

    @Override
    public JobFuture<Void> commit(String disk, Duration timeout) {
        Objects.requireNonNull(disk, "disk");
        return domain.run(
                DomainWork.BLOCK_COMMIT,
                timeout,
                (driver, job) -> driver.disks().commit(domain.uuid(), disk, job));
    }

    @Override
    public void commit(String disk, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(disk, "disk");
        domain.under(under, (driver, job) -> driver.disks().commit(domain.uuid(), disk, job));
    }

    @Override
    public JobFuture<Void> pull(String disk, Duration timeout) {
        Objects.requireNonNull(disk, "disk");
        return domain.run(
                DomainWork.BLOCK_PULL,
                timeout,
                (driver, job) -> driver.disks().pull(domain.uuid(), disk, job));
    }

    @Override
    public void pull(String disk, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(disk, "disk");
        domain.under(under, (driver, job) -> driver.disks().pull(domain.uuid(), disk, job));
    }
}
