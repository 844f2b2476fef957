package org.jobcontrol.domain;

import static org.jobcontrol.api.DomainOperation.RESTORE;
import static org.jobcontrol.api.DomainOperation.SAVE;
import static org.jobcontrol.api.DomainOperation.START;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;
import static org.jobcontrol.api.JobType.SUSPEND;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainState;
import org.jspecify.annotations.Nullable;

/**
 * A domain as one user sees it: what all share, and that user's job control. Safe for use by many
 * threads. Whoever was admitted looks again what the domain is, in that order: it is still defined,
 * its driver is present, and it is in the state that the driver needs.
 */
final class DomainView implements Domain {
    private final DomainCatalog catalog;
    private final DomainRecord record;
    private final JobControl control;

    /** Found on first use and kept: who holds a view of a domain that was undefined stays refused. */
    private volatile @Nullable JobObject jobs;

    /** What is done under a job of the calling thread. */
    @FunctionalInterface
    private interface Work<T> {
        @Nullable
        T under(Job job) throws DomainException;
    }

    DomainView(DomainCatalog catalog, DomainRecord record, JobControl control) {
        this.catalog = catalog;
        this.record = record;
        this.control = control;
    }

    @Override
    public String name() {
        return record.spec().name();
    }

    @Override
    public UUID uuid() {
        return record.spec().uuid();
    }

    @Override
    public DomainState state() {
        return record.info().state();
    }

    @Override
    public DomainInfo info() {
        return record.info();
    }

    @Override
    public JobObject jobs() {
        JobObject found = jobs;
        if (found == null) {
            found = control.of(this);
            jobs = found;
        }
        return found;
    }

    @Override
    public DomainInfo query(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        return call(jobs(), QUERY, "domain.query", timeout, job -> {
            DomainInfo now = driver().query(uuid(), job);
            record.seen(now);
            return now;
        });
    }

    @Override
    public JobFuture<Void> start(Duration timeout) {
        return jobs().runAsync(START, START.defaultMask(), timeout, job -> {
            start(job);
            return null;
        });
    }

    @Override
    public void start(AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        checkHeld(under, record.id());
        driver().start(uuid(), under);
    }

    @Override
    public void suspend(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(jobs(), SUSPEND, "domain.suspend", timeout, job -> {
            driver().suspend(uuid(), job);
            return null;
        });
    }

    @Override
    public void resume(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(jobs(), MODIFY, "domain.resume", timeout, job -> {
            driver().resume(uuid(), job);
            return null;
        });
    }

    @Override
    public void setMemory(long bytes, Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        long max = record.spec().memory();
        if (bytes <= 0 || bytes > max) {
            throw new IllegalArgumentException("domain " + name() + ": memory of " + bytes
                    + " bytes is not within 1 to " + max);
        }
        call(jobs(), MODIFY, "domain.setMemory", timeout, job -> {
            driver().setMemory(uuid(), bytes, job);
            return null;
        });
    }

    @Override
    public JobFuture<Void> save(Path to, Duration timeout) {
        Objects.requireNonNull(to, "to");
        return jobs().runAsync(SAVE, SAVE.defaultMask(), timeout, job -> {
            save(to, job);
            return null;
        });
    }

    @Override
    public void save(Path to, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(to, "to");
        checkHeld(under, record.id());
        driver().save(uuid(), to, under);
    }

    @Override
    public JobFuture<Void> restore(Path from, Duration timeout) {
        Objects.requireNonNull(from, "from");
        return jobs().runAsync(RESTORE, RESTORE.defaultMask(), timeout, job -> {
            restore(from, job);
            return null;
        });
    }

    @Override
    public void restore(Path from, AsyncJob under)
            throws DomainException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(from, "from");
        checkHeld(under, record.id());
        driver().restore(uuid(), from, under);
    }

    @Override
    public void destroy(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        // under no job: nobody who works on the domain can keep it from being killed
        driver().kill(uuid());
        call(jobs(), DESTROY, "domain.destroy", timeout, job -> {
            driver().destroy(uuid(), job);
            return null;
        });
    }

    @Override
    public void undefine(Duration timeout)
            throws DomainException, JobRefusedException, InterruptedException {
        call(jobs(), MODIFY, "domain.undefine", timeout, job -> {
            catalog.undefine(record, job, jobs()::close);
            return null;
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DomainView view && view.record.id().equals(record.id());
    }

    @Override
    public int hashCode() {
        return record.id().hashCode();
    }

    @Override
    public String toString() {
        return record.id().toString();
    }

    /** Does work under a job, in this thread; what it throws becomes the job's outcome. */
    private static <T> T call(
            JobObject jobs, JobType type, String operation, Duration timeout, Work<T> work)
            throws DomainException, JobRefusedException, InterruptedException {
        try {
            return jobs.call(type, operation, timeout, work::under);
        } catch (DomainException
                | JobRefusedException
                | InterruptedException
                | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("thrown by no work here: " + operation, e);
        }
    }

    /** Checks that a job which the caller holds is on a target, and still runs. */
    private static void checkHeld(AsyncJob under, TargetId target) {
        if (!under.target().equals(target)) {
            throw new IllegalArgumentException("an async job on " + target + " is needed, but "
                    + under.operation() + " #" + under.id() + " is on " + under.target());
        }
        if (under.info().state() == JobState.FINISHED) {
            throw new IllegalStateException(
                    under.operation() + " #" + under.id() + " on " + target + " has ended");
        }
    }

    private DomainDriver driver() throws DomainException {
        return catalog.driver(record);
    }
}
