package org.jobcontrol.itests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.VolumeSpec;

/** A user's component that has jobs of every sort run, and leaves some behind that run and wait. */
public final class RoundOfJobs implements Callable<Long> {
    static final String DECLARATION = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" init="3"
                name="org.jobcontrol.itests.RoundOfJobs">
              <implementation class="org.jobcontrol.itests.RoundOfJobs"/>
              <service><provide interface="java.util.concurrent.Callable"/></service>
              <reference name="control" interface="org.jobcontrol.api.JobControl" parameter="0"/>
              <reference name="domains" interface="org.jobcontrol.api.domain.Domains"
                  parameter="1"/>
              <reference name="pools" interface="org.jobcontrol.api.storage.StoragePools"
                  parameter="2"/>
            </scr:component>
            """;

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int SIZE = 1 << 16;
    private static final int OFTEN = 100;

    private final JobControl control;
    private final Domains domains;
    private final StoragePools pools;

    public RoundOfJobs(JobControl control, Domains domains, StoragePools pools) {
        this.control = control;
        this.domains = domains;
        this.pools = pools;
    }

    /** Returns the number of the last job, which runs until its bundle stops. */
    @Override
    public Long call() throws Exception {
        storage();
        Domain domain = domains.define(DomainSpec.of("round", 1 << 20));
        domain.start(LONG).await();
        JobObject jobs = control.of(domain);
        for (int i = 0; i < OFTEN; i++) {
            // Often enough for every thread that job control has.
            jobs.begin(JobType.QUERY, "round.look", LONG).close();
        }
        jobs.run(JobType.MODIFY, "round.work", LONG, Job::id).await();
        try (AsyncJob dump = jobs.beginAsync(DomainOperation.DUMP, JobMask.DEFAULT, LONG)) {
            dump.phase("half");
            jobs.begin(JobType.QUERY, "round.beside", LONG).close();
        }
        return leave(jobs);
    }

    private void storage() throws Exception {
        Path directory = Files.createTempDirectory("round");
        StoragePool pool = pools.define(PoolSpec.directory("round", directory));
        pool.start(LONG).await();
        pool.create(VolumeSpec.full("a.img", SIZE), LONG).await().delete(LONG);
        pool.stop(LONG);
        pool.undefine(LONG);
        Files.delete(directory);
    }

    /** Leaves an async job, which ends when it is asked to, and a waiter behind it. */
    private static long leave(JobObject jobs) throws Exception {
        AsyncJob left =
                jobs.beginAsyncLater(DomainOperation.SAVE, JobMask.NONE, LONG).await();
        left.onAbort(left::close);
        jobs.beginLater(JobType.MODIFY, "round.wait", LONG);
        return left.id();
    }
}
