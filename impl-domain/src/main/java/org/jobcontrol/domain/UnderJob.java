package org.jobcontrol.domain;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
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
    <T> T call(JobObject jobs, DomainWork work, Duration timeout, Call<T> call)
            throws DomainException, JobRefusedException, InterruptedException {
        return call(jobs, work, timeout, Duration.ZERO, call);
    }

    /**
     * The same, of a call that may last for a while of its own.
     *
     * @param own how much longer than the timeout the answer may take
     */
    // null only where nobody wants a result; the job is closed when the hypervisor has answered
    @SuppressWarnings({"NullAway", "MustBeClosedChecker"})
    <T> T call(JobObject jobs, DomainWork work, Duration timeout, Duration own, Call<T> call)
            throws DomainException, JobRefusedException, InterruptedException {
        Patience patience = new Patience(timeout);
        JobType type = work.type(record.policy());
        if (type != JobType.QUERY && type != JobType.DESTROY && !type.agent()) {
            lookForOthers(work, type, patience);
        }
        Job job = jobs.begin(type, work.operation(), patience.left());
        CompletionStage<?> inFlight = null;
        try {
            return call.under(catalog.driver(record).within(patience.forAnswer().plus(own)), job);
        } catch (DomainException e) {
            job.fail(e);
            inFlight = e.inFlight().orElse(null);
            throw e;
        } catch (RuntimeException | Error e) {
            job.fail(e);
            throw e;
        } finally {
            end(job, inFlight);
        }
    }

    /** Ends a job; one whose call the hypervisor still works on when it has answered. */
    private static void end(Job job, @Nullable CompletionStage<?> inFlight) {
        if (inFlight == null) {
            job.close();
        } else {
            // the caller goes on, and may wait for the slot again
            job.detach();
            inFlight.whenComplete((answer, failure) -> job.close());
        }
    }

    /** Runs async work in the background. */
    JobFuture<Void> run(JobObject jobs, DomainWork work, Duration timeout, Step step) {
        Patience patience = new Patience(timeout);
        AsyncOperation operation = work.async();
        JobMask mask = record.driver()
                .map(driver -> driver.maskToBegin(operation))
                .orElse(operation.defaultMask());
        return jobs.runAsync(operation, mask, timeout, job -> {
            awaitOthers(work, job, patience);
            under(job, step);
            return null;
        });
    }

    /** Runs work in the background that is no async job where the policy knows none. */
    JobFuture<Void> runPlain(JobObject jobs, DomainWork work, Duration timeout, Plain plain) {
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

    private void lookForOthers(DomainWork work, JobType type, Patience patience)
            throws JobRefusedException, InterruptedException {
        DomainDriver driver = record.driver().orElse(null);
        if (driver != null) {
            refuse(work, type, patience, driver.lookForOthers(uuid(), patience.forAnswer()));
        }
    }

    private void awaitOthers(DomainWork work, AsyncJob job, Patience patience)
            throws DomainException, JobRefusedException, JobAbortedException, InterruptedException {
        DomainDriver driver = catalog.driver(record);
        refuse(
                work,
                JobType.ASYNC,
                patience,
                driver.awaitOthers(uuid(), job, patience.forAnswer()));
    }

    /** Refuses work that has begun nothing at the hypervisor, if there is an obstacle. */
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // as the driver returns it
    private void refuse(DomainWork work, JobType type, Patience patience, Optional<String> obstacle)
            throws JobRefusedException {
        if (obstacle.isPresent()) {
            Duration waited = patience.waited();
            throw new JobRefusedException(
                    record.id(),
                    type,
                    work.operation(),
                    JobRefusedException.Reason.TIMEOUT,
                    work.operation() + " on " + record.id() + " was not begun within "
                            + waited.toMillis() + " ms: " + obstacle.get(),
                    List.of(),
                    waited,
                    0,
                    null);
        }
    }

    private UUID uuid() {
        return record.spec().uuid();
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
