package org.jobcontrol.domain;

import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainMigrations;
import org.jobcontrol.api.domain.MigrationSpec;

/**
 * What moves a domain, as one user sees it. Only says which job each operation takes.
 */
final class MigrationsView implements DomainMigrations {
    private final DomainView domain;

    MigrationsView(DomainView domain) {
        this.domain = domain;
    }

    @Override
    public JobFuture<Void> migrate(MigrationSpec migration, Duration timeout) {
        Objects.requireNonNull(migration, "migration");
        return domain.run(
                DomainWork.MIGRATE,
                timeout,
                (driver, job) -> driver.migrations().migrate(domain.uuid(), migration, job));
    }

    @Override
    public void migrate(MigrationSpec migration, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(migration, "migration");
        domain.under(
                under, (driver, job) -> driver.migrations().migrate(domain.uuid(), migration, job));
    }

    @Override
    public void bandwidth(long bytesPerSecond, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "a bandwidth of " + bytesPerSecond + " bytes per second");
        }
        domain.call(DomainWork.MIGRATION_BANDWIDTH, timeout, (driver, job) -> {
            driver.migrations().bandwidth(domain.uuid(), bytesPerSecond, job);
            return null;
        });
    }

    @Override
    public void downtime(Duration longest, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        if (longest.isNegative() || longest.isZero()) {
            throw new IllegalArgumentException("a downtime of " + longest);
        }
        domain.call(DomainWork.MIGRATION_DOWNTIME, timeout, (driver, job) -> {
            driver.migrations().downtime(domain.uuid(), longest, job);
            return null;
        });
    }

    @Override
    public void startPostCopy(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        domain.call(DomainWork.START_POST_COPY, timeout, (driver, job) -> {
            driver.migrations().startPostCopy(domain.uuid(), job);
            return null;
        });
    }
}
