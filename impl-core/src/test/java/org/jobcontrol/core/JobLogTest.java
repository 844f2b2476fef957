package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What the log says about jobs that fail or are aborted: one line each. */
class JobLogTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final List<TestLog.Line> lines = new CopyOnWriteArrayList<>();
    private AutoCloseable listening;
    private JobObject jobs;

    @BeforeEach
    void listen() {
        Target.addAdapters(engine);
        jobs = engine.control("com.acme.backup").of(Target.domain("web-01"));
        listening = TestLog.listen(line -> {
            // who steers is another log
            if (!line.logger().equals("audit")) {
                lines.add(line);
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        listening.close();
        engine.close();
    }

    private void fail(String operation) {
        assertThatThrownBy(() -> jobs.call(JobType.MODIFY, operation, LONG, job -> {
                    throw new IOException("no space left on /images");
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    void failedJob_isOneWarning_withWhatAndWhereAndWhoseAndWhy() {
        fail("domain.setMemory");
        long id = engine.control("com.acme.backup").history(1).get(0).id();
        assertThat(lines).singleElement().satisfies(line -> {
            assertThat(line.logger()).isEqualTo("jobs");
            assertThat(line.level()).isEqualTo(Level.WARN);
            assertThat(line.text())
                    .startsWith("job #" + id + " MODIFY 'domain.setMemory' on domain web-01 (bundle"
                            + " com.acme.backup, thread "
                            + Thread.currentThread().getName()
                            + ") failed after PT")
                    .endsWith(": java.io.IOException: no space left on /images");
        });
    }

    @Test
    void abortedJob_isOneLineThatWarnsNobody() throws Exception {
        AsyncJob save = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        save.onAbort(() -> save.fail(new IOException("interrupted")));
        assertThat(save.abort()).isEqualTo(AbortResult.STILL_RUNNING);
        save.close();
        assertThat(lines).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo(Level.INFO);
            assertThat(line.text())
                    .startsWith("job #" + save.id() + " ASYNC 'SAVE' on domain web-01")
                    .contains(" was aborted after ")
                    .endsWith("java.io.IOException: interrupted");
        });
    }

    @Test
    void completedJobs_orphans_looks_areNotLoggedHere() throws Exception {
        jobs.begin(JobType.MODIFY, "works", LONG).close();
        fail(TargetAdapter.LOOK);
        assertThat(lines).isEmpty();
        AsyncJob save = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        engine.admin().release(save.id(), "its owner hangs");
        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line.text())
                        .contains("released by an operator: its owner hangs"));
    }
}
