package org.jobcontrol.libvirt;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.TargetAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to the daemon that take a QUERY job there: so they are asked under one of ours, or not at
 * all if that is not admitted at once. Nobody waits, and nobody else has to wait in the daemon.
 *
 * <p>A guest that does not answer must not keep its domain's slot with our question: the job is ended
 * after a moment, and the answer is not used if it comes later, since it may be about another job.
 */
final class Looks {
    private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

    private static final long HELD_MILLIS = 500;

    private final Hypervisor hypervisor;
    private final Supplier<Optional<Domains>> domains;

    /** What is asked. */
    interface Question<T> {
        T ask() throws LibvirtException;
    }

    Looks(Hypervisor hypervisor, Supplier<Optional<Domains>> domains) {
        this.hypervisor = hypervisor;
        this.domains = domains;
    }

    /** Returns the job object of a domain, if it is known to users. */
    Optional<JobObject> jobs(UUID domain) {
        return domains.get()
                .flatMap(its -> its.find(domain.toString()))
                .filter(its -> its.uuid().equals(domain))
                .map(Domain::jobs);
    }

    /** Asks, if that is possible now; empty if it is not, or the answer comes late. */
    <T> Optional<T> ask(JobObject jobs, Question<T> question) throws LibvirtException {
        try (Job query = jobs.tryBegin(JobType.QUERY, TargetAdapter.LOOK).orElse(null)) {
            return query == null ? Optional.empty() : askUnder(query, question);
        } catch (JobUnavailableException e) {
            // it is being undefined, or we are being stopped
            return Optional.empty();
        }
    }

    /** Asks under a job that is held for that only, and ends it. */
    <T> Optional<T> askUnder(Job job, Question<T> question) throws LibvirtException {
        ScheduledFuture<?> release;
        try {
            release = hypervisor.timer().schedule(job::close, HELD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not asked: the connection is being closed", job.target(), e);
            return Optional.empty();
        }
        try {
            T answer = question.ask();
            boolean late = job.info().state() == JobState.FINISHED;
            return late ? Optional.empty() : Optional.of(answer);
        } finally {
            release.cancel(false);
            job.close();
        }
    }
}
