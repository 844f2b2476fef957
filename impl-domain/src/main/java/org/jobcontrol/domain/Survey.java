package org.jobcontrol.domain;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statistics of many domains, without waiting: a QUERY job where one is admitted at once, and one
 * question to each driver. Whoever is busy, or whose driver fails, is shown as last seen.
 */
final class Survey {
    private static final Logger LOG = LoggerFactory.getLogger(Survey.class);

    /** So many domains are held up at a time, for as long as one question takes. */
    private static final int AT_ONCE = 64;

    private final Set<StatisticsGroup> groups;

    Survey(Set<StatisticsGroup> groups) {
        this.groups = Set.copyOf(groups);
    }

    Map<String, DomainStatistics> of(List<DomainView> domains) {
        for (int from = 0; from < domains.size(); from += AT_ONCE) {
            ask(domains.subList(from, Math.min(domains.size(), from + AT_ONCE)));
        }
        Map<String, DomainStatistics> seen = new TreeMap<>();
        domains.forEach(domain -> seen.put(domain.name(), domain.lastStatistics()));
        return seen;
    }

    private void ask(List<DomainView> domains) {
        IdentityHashMap<DomainDriver, Map<UUID, Job>> jobs = new IdentityHashMap<>();
        Map<UUID, DomainView> views = new HashMap<>();
        try {
            for (DomainView domain : domains) {
                DomainDriver driver = domain.record().driver().orElse(null);
                Job job = driver == null ? null : tryBegin(domain);
                if (job != null) {
                    views.put(domain.uuid(), domain);
                    jobs.computeIfAbsent(driver, its -> new HashMap<>()).put(domain.uuid(), job);
                }
            }
            jobs.forEach((driver, its) -> ask(driver, its, views));
        } finally {
            jobs.values().forEach(its -> its.values().forEach(Job::close));
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // all are closed together
    private static @Nullable Job tryBegin(DomainView domain) {
        try {
            DomainWork work = DomainWork.STATISTICS;
            return domain.jobs().tryBegin(JobType.QUERY, work.operation()).orElse(null);
        } catch (JobUnavailableException e) {
            // it is being undefined, or we are being stopped
            return null;
        }
    }

    private void ask(DomainDriver driver, Map<UUID, Job> jobs, Map<UUID, DomainView> views) {
        try {
            Map<UUID, DomainStatistics> seen =
                    driver.within(Patience.LEAST_FOR_ANSWER).statistics(jobs, groups);
            for (Map.Entry<UUID, DomainView> view : views.entrySet()) {
                DomainStatistics its = seen.get(view.getKey());
                if (its != null) {
                    view.getValue().record().seen(its);
                }
            }
        } catch (DomainException e) {
            LOG.debug("driver '{}' gives no statistics", driver.name(), e);
            jobs.values().forEach(job -> job.fail(e));
        }
    }
}
