package org.jobcontrol.domain;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSnapshots;
import org.jobcontrol.api.domain.SnapshotSpec;

/**
 * The snapshots of a domain as one user sees them. Only says which job each operation takes.
 */
final class SnapshotsView implements DomainSnapshots {
    private final DomainView domain;

    SnapshotsView(DomainView domain) {
        this.domain = domain;
    }

    @Override
    public List<String> list() throws DomainException {
        return domain.driver().within(Patience.WITHOUT_TIMEOUT).snapshots().list(domain.uuid());
    }

    @Override
    public JobFuture<Void> create(SnapshotSpec snapshot, Duration timeout) {
        Objects.requireNonNull(snapshot, "snapshot");
        return domain.run(
                DomainWork.SNAPSHOT,
                timeout,
                (driver, job) -> driver.snapshots().create(domain.uuid(), snapshot, job));
    }

    @Override
    public void create(SnapshotSpec snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(snapshot, "snapshot");
        domain.under(
                under, (driver, job) -> driver.snapshots().create(domain.uuid(), snapshot, job));
    }

    @Override
    public JobFuture<Void> revert(String snapshot, Duration timeout) {
        Objects.requireNonNull(snapshot, "snapshot");
        return domain.run(
                DomainWork.SNAPSHOT_REVERT,
                timeout,
                (driver, job) -> driver.snapshots().revert(domain.uuid(), snapshot, job));
    }

    @Override
    public void revert(String snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(snapshot, "snapshot");
        domain.under(
                under, (driver, job) -> driver.snapshots().revert(domain.uuid(), snapshot, job));
    }

    @Override
    public JobFuture<Void> delete(String snapshot, Duration timeout) {
        Objects.requireNonNull(snapshot, "snapshot");
        return domain.run(
                DomainWork.SNAPSHOT_DELETE,
                timeout,
                (driver, job) -> driver.snapshots().delete(domain.uuid(), snapshot, job));
    }

    @Override
    public void delete(String snapshot, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(snapshot, "snapshot");
        domain.under(
                under, (driver, job) -> driver.snapshots().delete(domain.uuid(), snapshot, job));
    }
}
