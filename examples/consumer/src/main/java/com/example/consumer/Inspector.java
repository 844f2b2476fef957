package com.example.consumer;

import java.time.Duration;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.Domains;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Inspects domains. While it does, nobody changes them; whoever wants to waits, and sees why. */
@Component(
        service = Inspector.class,
        property = {"osgi.command.scope=example", "osgi.command.function=inspect"})
public final class Inspector {
    private final JobControl jobs;
    private final Domains domains;

    @Activate
    public Inspector(
            @Reference(name = "jobs") JobControl jobs,
            @Reference(name = "domains") Domains domains) {
        this.jobs = jobs;
        this.domains = domains;
    }

    /**
     * Begins to inspect a domain; the shell's command {@code example:inspect web-01 10}.
     *
     * @param name the domain
     * @param seconds how long it takes
     */
    public void inspect(String name, int seconds) {
        Domain domain = domains.find(name)
                .orElseThrow(() -> new IllegalArgumentException("there is no domain " + name));
        JobFuture<Void> inspection = jobs.of(domain)
                .run(JobType.MODIFY, "example.inspect", Duration.ofSeconds(30), job -> {
                    for (int done = 0; done < seconds; done++) {
                        job.checkpoint(); // ends the work here if somebody aborts it
                        job.progress(Progress.ofData(seconds, done));
                        Thread.sleep(1000); // a real inspection would read something
                    }
                    return null;
                });
        System.out.println("inspects " + name + " as job #" + inspection.id());
    }
}
