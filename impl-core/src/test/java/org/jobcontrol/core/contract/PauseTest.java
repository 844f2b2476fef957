package org.jobcontrol.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work that is held up at its checkpoints, and that is told how fast it may be. */
class PauseTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobAdmin admin = engine.admin();
    private final JobObject jobs;

    /** How often the work came by its checkpoint. */
    private volatile int passed;

    private volatile boolean enough;

    PauseTest() {
        Target.addAdapters(engine);
        jobs = engine.control("com.acme.test").of(Target.domain("web-01"));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private JobFuture<Void> work() {
        return jobs.run(JobType.MODIFY, "work", job -> {
            while (!enough) {
                job.checkpoint();
                passed++;
            }
            return null;
        });
    }

    private JobState state() {
        return jobs.info().jobs().get(0).state();
    }

    private JobFuture<Void> paused() {
        JobFuture<Void> work = work();
        await().until(() -> passed > 0);
        admin.pause(work.id());
        await().until(() -> state() == JobState.PAUSED);
        return work;
    }

    @Test
    void pause_stopsAtTheNextCheckpoint_untilResumed() throws Exception {
        JobFuture<Void> work = paused();
        int before = passed;
        admin.pause(work.id());
        assertThat(passed).isEqualTo(before);
        assertThat(jobs.tryBegin(JobType.QUERY, "beside")).isEmpty();
        admin.resume(work.id());
        await().until(() -> passed > before);
        assertThat(state()).isEqualTo(JobState.RUNNING);
        enough = true;
        work.await();
        assertThat(jobs.completed().orElseThrow().outcome()).contains(JobOutcome.COMPLETED);
    }

    @Test
    void abort_ofPausedWork_endsIt() {
        JobFuture<Void> work = paused();
        assertThat(work.cancel()).isIn(AbortResult.STILL_RUNNING, AbortResult.ENDED);
        assertThatThrownBy(work::await).isInstanceOf(JobAbortedException.class);
        assertThatThrownBy(() -> admin.pause(work.id()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("#" + work.id());
    }

    @Test
    void release_ofPausedWork_letsItsThreadGo() {
        JobFuture<Void> work = paused();
        admin.release(work.id(), "its operator went home");
        assertThatThrownBy(work::await)
                .isInstanceOfAny(JobAbortedException.class, ExecutionException.class);
        assertThat(jobs.completed().orElseThrow().outcome()).contains(JobOutcome.ORPHANED);
    }

    /** The job lasts for the job that it covers, and nobody can resume it any more. */
    @Test
    void close_ofACoveringJobWhoseWorkIsPaused_letsTheWorkGo() throws Exception {
        Target images = Target.pool("images");
        JobControl control = engine.control("com.acme.test");
        JobObject pool = control.of(images);
        JobObject volume = control.of(Target.volume(images, "a.img"));
        Job covering = pool.begin(JobType.MODIFY, "covering");
        try (Job covered = volume.beginUnder(covering, JobType.MODIFY, "covered", LONG)) {
            admin.pause(covering.id());
            Waiter<Boolean> worker = Waiter.start(() -> {
                covering.checkpoint();
                return true;
            });
            await().until(() -> covering.info().state() == JobState.PAUSED);
            covering.close();
            assertThat(worker.thrown())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
            assertThat(pool.info().jobs()).hasSize(1);
            assertThat(covered.info().state()).isEqualTo(JobState.RUNNING);
        }
        assertThat(pool.info().jobs()).isEmpty();
    }

    @Test
    void interrupt_whilePaused_isThrown() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread worker = new Thread(() -> {
            try (Job job = jobs.begin(JobType.MODIFY, "work")) {
                admin.pause(job.id());
                job.checkpoint();
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        worker.start();
        await().until(() -> !jobs.info().jobs().isEmpty() && state() == JobState.PAUSED);
        worker.interrupt();
        worker.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(jobs.info().jobs()).isEmpty();
    }

    @Test
    void pause_ofAJobThatWaits_isRefused() throws Exception {
        try (Job holder = jobs.begin(JobType.MODIFY, "holder")) {
            JobFuture<Job> waiter =
                    jobs.beginLater(JobType.MODIFY, "waiter", Duration.ofMinutes(1));
            assertThatThrownBy(() -> admin.pause(waiter.id()))
                    .isInstanceOf(IllegalArgumentException.class);
            waiter.cancel();
        }
    }

    @Test
    void bandwidth_isSeenByTheWork_evenIfSetWhileItWaits() throws Exception {
        JobFuture<Job> waiter;
        try (Job holder = jobs.begin(JobType.MODIFY, "holder")) {
            assertThat(holder.bandwidth()).isZero();
            waiter = jobs.beginLater(JobType.MODIFY, "waiter", Duration.ofMinutes(1));
            admin.bandwidth(waiter.id(), 1000);
        }
        try (Job job = waiter.await()) {
            assertThat(job.bandwidth()).isEqualTo(1000);
            job.bandwidth(0);
            assertThat(job.bandwidth()).isZero();
            assertThatThrownBy(() -> admin.bandwidth(job.id(), -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1");
        }
        assertThatThrownBy(() -> admin.bandwidth(waiter.id(), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bandwidth_ofAJobThatHasEnded_isRefused() throws Exception {
        Job job = jobs.begin(JobType.MODIFY, "work", Duration.ZERO);
        job.bandwidth(1000);
        job.close();
        assertThatThrownBy(() -> job.bandwidth(2000))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("job #" + job.id() + " (work)");
        assertThat(job.bandwidth()).isEqualTo(1000);
    }

    @Test
    void pause_workThatCannot_isRefused() throws Exception {
        try (Job job = jobs.begin(JobType.MODIFY, "work", Duration.ZERO)) {
            admin.pause(job.id());
            job.pausable(false);
            assertThat(job.pauseRequested()).isFalse();
            assertThatThrownBy(() -> admin.pause(job.id()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("cannot be paused");
            job.pausable(true);
            admin.pause(job.id());
            assertThat(job.pauseRequested()).isTrue();
        }
    }

    @Test
    void bandwidth_workThatFollowsNone_isRefused() throws Exception {
        try (Job job = jobs.begin(JobType.MODIFY, "work", Duration.ZERO)) {
            job.limitable(false);
            assertThatThrownBy(() -> admin.bandwidth(job.id(), 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("cannot be limited");
            assertThat(job.bandwidth()).isZero();
        }
    }
}
