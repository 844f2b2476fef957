package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reports about jobs without progress, and a log that blocks or fails. */
class StuckJobsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final JobEngine engine = new JobEngine(EngineClock.system(), warnAfter(40));
    private final JobObject jobs;
    private final List<String> reports = new CopyOnWriteArrayList<>();

    StuckJobsTest() {
        Target.addAdapters(engine);
        jobs = engine.control("com.acme.test").of(Target.domain("web-01"));
    }

    private static Settings warnAfter(long millis) {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                shipped.queueMax(),
                shipped.historySize(),
                shipped.historyAge(),
                shipped.drainTimeout(),
                Duration.ofMillis(millis),
                shipped.leakTracking(),
                shipped.overtakingGrace());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static boolean isReport(TestLog.Line line) {
        return line.logger().equals("StuckWatch") && line.text().contains(" is stuck: ");
    }

    /** A log may block, such as one that writes to a terminal that is stopped. */
    @Test
    void logThatBlocks_keepsNobodyFromConfiguring() throws Exception {
        CompletableFuture<Void> configured = new CompletableFuture<>();
        AtomicBoolean inTime = new AtomicBoolean();
        try (AutoCloseable listening = TestLog.listen(line -> {
                    if (isReport(line)) {
                        CompletableFuture.runAsync(() -> engine.settings(warnAfter(50)))
                                .thenRun(() -> configured.complete(null));
                        inTime.set(isDone(configured));
                        reports.add(line.text());
                    }
                });
                Job job = jobs.begin(JobType.MODIFY, "hangs", LONG)) {
            await().until(() -> !reports.isEmpty());
            assertThat(inTime).isTrue();
            assertThat(reports.get(0)).contains("job #" + job.id());
        }
    }

    private static boolean isDone(CompletableFuture<Void> configured) {
        try {
            configured.get(5, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void logThatFails_endsNoWatch() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        try (AutoCloseable listening = TestLog.listen(line -> {
            if (isReport(line)) {
                if (failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("the log fails");
                }
                reports.add(line.text());
            }
        })) {
            try (Job first = jobs.begin(JobType.MODIFY, "first", LONG)) {
                await().untilTrue(failed);
            }
            try (Job next = jobs.begin(JobType.MODIFY, "next", LONG)) {
                await().until(() -> !reports.isEmpty());
                assertThat(reports.get(0)).contains("'next'");
            }
        }
    }
}
