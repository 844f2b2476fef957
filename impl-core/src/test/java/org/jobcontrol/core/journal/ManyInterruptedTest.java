package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A start after a crash that interrupted very many jobs. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyInterruptedTest {
    private static final int JOBS = 3_000;
    private static final int OTHERS = 20_000;
    private static final Target POOL = Target.pool("images");

    private final AtomicInteger recovering = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger recovered = new AtomicInteger();
    private final CountDownLatch go = new CountDownLatch(1);
    private final JobEngine engine = new JobEngine(
            EngineClock.system(), Settings.DEFAULTS, new Full(), type -> JobEngine.NO_BUNDLE);
    private final JobControl control = engine.control("com.acme.test");

    /** Has many jobs without an end, all on volumes of one pool. */
    private static final class Full implements JobJournal {
        @Override
        public Contents read() {
            List<JobRecord> records = new ArrayList<>();
            for (int id = 1; id <= JOBS; id++) {
                records.add(Records.running(id));
            }
            return new Contents(records, new Numbers(JOBS, 2L * JOBS));
        }

        @Override
        public void write(List<JobRecord> records) {}

        @Override
        public void note(JobRecord record) {}

        @Override
        public void forget(Collection<Long> ids) {}

        @Override
        public void reserve(Numbers numbers) {}
    }

    /** Counts how many recoveries there are at once, and holds them up until all may go on. */
    private final class Slow implements TargetAdapter<Target.Volume> {
        @Override
        public Class<Target.Volume> type() {
            return Target.Volume.class;
        }

        @Override
        public TargetId identify(Target.Volume target) {
            return target.id();
        }

        @Override
        public AdmissionPolicy policy() {
            return AdmissionPolicy.VOLUME;
        }

        @Override
        public Recovery recover(InterruptedJob job) throws InterruptedException {
            most.accumulateAndGet(recovering.incrementAndGet(), Math::max);
            go.await();
            recovering.decrementAndGet();
            recovered.incrementAndGet();
            return Recovery.ended(JobOutcome.ABORTED, "taken back");
        }
    }

    @AfterEach
    void stop() {
        go.countDown();
        engine.close();
    }

    @Test
    void recoveries_areFewAtOnce_andKeepNobodyFromAJobObject() throws Exception {
        engine.adapters()
                .add(
                        new Target.Adapter<>(Target.Pool.class, AdmissionPolicy.STORAGE_POOL),
                        "pool",
                        0);
        engine.adapters().add(new Slow(), "volume", 0);
        await().until(() -> most.get() > 1);
        JobObject pool = control.of(POOL);
        assertThat(pool.tryBegin(JobType.MODIFY, "while they are recovered")).isEmpty();
        // and very many objects that have nothing to do with them
        for (int i = 0; i < OTHERS; i++) {
            control.of(Target.pool("other" + i));
        }
        go.countDown();
        pool.begin(JobType.MODIFY, "afterwards", Duration.ofMinutes(1)).close();
        assertThat(recovered).hasValue(JOBS);
        assertThat(most).hasValueLessThanOrEqualTo(32);
    }
}
