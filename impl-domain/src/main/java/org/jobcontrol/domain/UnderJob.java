package org.jobcontrol.domain;

import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jspecify.annotations.Nullable;

/**
 * Work on one domain under a job that is taken for it, or that the caller holds. Whoever was admitted
 * looks again what the domain is, in that order: it is still defined, its driver is present, and it is
 * in the state that the driver needs.
 */
final class UnderJob {
    private final DomainCatalog catalog;
    private final DomainRecord record;

    /** What is done under a job in the thread of the caller. */
    @FunctionalInterface
    interface Call<T> {
        @Nullable
        T under(DomainDriver driver, Job job) throws DomainException;
    }

    /** What is done under an async job. */
    @FunctionalInterface
    interface Step {
        void under(DomainDriver driver, AsyncJob job)
                throws DomainException, JobAbortedException, InterruptedException;
    }

    /** What lasts as an async job does, and is none here. */
    @FunctionalInterface
    interface Plain {
        void under(DomainDriver driver, Job job)
                throws DomainException, JobAbortedException, InterruptedException;
    }

    UnderJob(DomainCatalog catalog, DomainRecord record) {
        this.catalog = catalog;
        this.record = record;
    }

    /** Does something under a job, in this thread; what it throws becomes the job's outcome. */
    @SuppressWarnings("NullAway") // null only where nobody wants a result
    <T> T call(JobObject jobs, DomainWork work, Duration timeout, Call<T> call)
            throws DomainException, JobRefusedException, InterruptedException {
        JobType type = work.type(record.policy());
        if (type != JobType.QUERY) {
            lookForOthers();
        }
        try (Job job = jobs.begin(type, work.operation(), timeout)) {
            try {
                return call.under(catalog.driver(record), job);
            } catch (DomainException | RuntimeException | Error e) {
                job.fail(e);
                throw e;
            }
        }
    }

    /** Runs async work in the background. */
    JobFuture<Void> run(JobObject jobs, DomainWork work, Duration timeout, Step step) {
        lookForOthers();
        AsyncOperation operation = work.async();
        JobMask mask = record.driver()
                .map(driver -> driver.maskToBegin(operation))
                .orElse(operation.defaultMask());
        return jobs.runAsync(operation, mask, timeout, job -> {
            under(job, step);
            return null;
        });
    }

    /** Runs work in the background that is no async job where the policy knows none. */
    JobFuture<Void> runPlain(JobObject jobs, DomainWork work, Duration timeout, Plain plain) {
        lookForOthers();
        JobType type = work.type(record.policy());
        return jobs.run(type, work.operation(), timeout, job -> {
            plain.under(catalog.driver(record), job);
            return null;
        });
    }

    /** Does something under an async job that a caller holds. */
    void under(AsyncJob job, Step step)
            throws DomainException, JobAbortedException, InterruptedException {
        checkHeld(job);
        step.under(catalog.driver(record), job);
    }

    private void lookForOthers() {
        record.driver().ifPresent(driver -> driver.lookForOthers(record.spec().uuid()));
    }

    /** Checks that a job which the caller holds is on the domain, and still runs. */
    private void checkHeld(AsyncJob under) {
        Objects.requireNonNull(under, "under");
        if (!under.target().equals(record.id())) {
            throw new IllegalArgumentException("an async job on " + record.id()
                    + " is needed, but " + under.operation() + " #" + under.id() + " is on "
                    + under.target());
        }
        if (under.info().state() == JobState.FINISHED) {
            throw new IllegalStateException(
                    under.operation() + " #" + under.id() + " on " + record.id() + " has ended");
        }
    }
}
