package org.jobcontrol.itests;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;

/** A user's component that needs nothing from the test but a call: its types are the framework's. */
public final class ProbeConsumer implements Callable<String> {
    static final String DECLARATION = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" init="2"
                name="org.jobcontrol.itests.ProbeConsumer">
              <implementation class="org.jobcontrol.itests.ProbeConsumer"/>
              <service><provide interface="java.util.concurrent.Callable"/></service>
              <reference name="control" interface="org.jobcontrol.api.JobControl" parameter="0"/>
              <reference name="domains" interface="org.jobcontrol.api.domain.Domains"
                  parameter="1"/>
            </scr:component>
            """;

    private static final Duration LONG = Duration.ofSeconds(10);

    private final JobControl control;
    private final Domains domains;

    public ProbeConsumer(JobControl control, Domains domains) {
        this.control = control;
        this.domains = domains;
    }

    /** Starts a domain, begins a job beside an async job, and says what it saw. */
    @Override
    public String call() throws Exception {
        Domain domain = domains.define(DomainSpec.of("probe", 1 << 20));
        domain.start(LONG).await();
        try (AsyncJob save =
                        control.of(domain).beginAsync(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
                Job look = control.of(domain).begin(JobType.QUERY, "probe.look", LONG)) {
            return look.info().owner().bundle() + ": " + look.operation() + " beside "
                    + save.operation();
        }
    }
}
