package org.jobcontrol.libvirt;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.spi.TargetAdapter;

/**
 * Questions to the daemon that take a QUERY job there: so they are asked under one of ours, or not at
 * all if that is not admitted at once. Nobody waits, and nobody else has to wait in the daemon.
 */
final class Looks {
    private final Supplier<Optional<Domains>> domains;

    /** What is asked. */
    interface Question<T> {
        Optional<T> ask() throws LibvirtException;
    }

    Looks(Supplier<Optional<Domains>> domains) {
        this.domains = domains;
    }

    /** Returns the job object of a domain, if it is known to users. */
    Optional<JobObject> jobs(UUID domain) {
        return domains.get()
                .flatMap(its -> its.find(domain.toString()))
                .filter(its -> its.uuid().equals(domain))
                .map(Domain::jobs);
    }

    /** Asks, if that is possible now. */
    <T> Optional<T> ask(JobObject jobs, Question<T> question) throws LibvirtException {
        try (Job query = jobs.tryBegin(JobType.QUERY, TargetAdapter.LOOK).orElse(null)) {
            return query == null ? Optional.empty() : question.ask();
        } catch (JobUnavailableException e) {
            // it is being undefined, or we are being stopped
            return Optional.empty();
        }
    }
}
