package org.jobcontrol.itests;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.StoragePools;

/** A user's component: gets both services injected and runs a job on each call. */
public final class InjectedConsumer implements Callable<JobInfo> {
    /** What bnd would generate from annotations. */
    static final String DECLARATION = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" init="2"
                immediate="true" name="org.jobcontrol.itests.InjectedConsumer">
              <implementation class="org.jobcontrol.itests.InjectedConsumer"/>
              <service><provide interface="java.util.concurrent.Callable"/></service>
              <reference name="control" interface="org.jobcontrol.api.JobControl" parameter="0"/>
              <reference name="pools" interface="org.jobcontrol.api.storage.StoragePools"
                  parameter="1"/>
            </scr:component>
            """;

    private final JobControl control;
    private final StoragePools pools;

    public InjectedConsumer(JobControl control, StoragePools pools) {
        this.control = control;
        this.pools = pools;
    }

    @Override
    public JobInfo call() throws Exception {
        try (Job job = control.of(pools.find("images").orElseThrow())
                .begin(JobType.QUERY, "consumer.look", Duration.ofSeconds(10))) {
            return job.info();
        }
    }
}
