package org.jobcontrol.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every job object with async jobs keeps to. Time stands still unless a test moves it, so whoever
 * waits, waits.
 */
@Timeout(60)
public abstract class JobObjectContract {
    private static final Duration LONG = Duration.ofSeconds(30);

    protected final VirtualClock clock = new VirtualClock();
    protected final JobEngine engine = new JobEngine(clock, Settings.DEFAULTS);
    protected final JobControl control = engine.control("com.acme.test");
    private JobObject jobs;

    /** Returns a target that the engine's adapters know; the same at each call. */
    protected abstract Object target() throws Exception;

    @BeforeEach
    void findJobObject() throws Exception {
        jobs = control.of(target());
    }

    @AfterEach
    void closeClock() {
        clock.close();
    }

    private AsyncJob work(JobMask mask) throws JobRefusedException, InterruptedException {
        return jobs.beginAsync(TestOperation.WORK, mask, LONG);
    }

    private Waiter<Job> waiter(JobType type) {
        return Waiter.queued(jobs, () -> jobs.begin(type, "waiter", LONG));
    }

    // ---- begin and end --------------------------------------------------------------------------

    @Test
    void begin_free_isShownUntilItsEnd() throws Exception {
        try (Job job = jobs.begin(MODIFY, "contract")) {
            assertThat(jobs.info().jobs()).singleElement().satisfies(info -> {
                assertThat(info.id()).isEqualTo(job.id());
                assertThat(info.type()).isEqualTo(MODIFY);
                assertThat(info.operation()).isEqualTo("contract");
                assertThat(info.state()).isEqualTo(JobState.RUNNING);
                assertThat(info.owner().bundle()).isEqualTo("com.acme.test");
                assertThat(info.owner().thread())
                        .isEqualTo(Thread.currentThread().getName());
            });
        }
        assertThat(jobs.info().jobs()).isEmpty();
        assertThat(jobs.completed().orElseThrow().outcome()).contains(JobOutcome.COMPLETED);
    }

    @Test
    void begin_taken_isRefusedAtItsDeadline() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            Waiter<Job> waiter = waiter(MODIFY);
            clock.advance(LONG.minusNanos(1));
            assertThat(waiter.waits()).isTrue();
            clock.advance(Duration.ofNanos(1));
            JobRefusedException refusal = waiter.refusal();
            assertThat(refusal.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(refusal.waited()).isEqualTo(LONG);
            assertThat(refusal.blockers()).extracting(JobInfo::id).containsExactly(holder.id());
            assertThat(refusal)
                    .hasMessageContaining(
                            jobs.target() + ": 'waiter' (MODIFY) not begun within PT30S")
                    .hasMessageContaining("held by MODIFY #" + holder.id() + " 'holder'")
                    .hasMessageContaining("bundle com.acme.test");
        }
        assertThat(jobs.info().queue()).isEmpty();
    }

    @Test
    void begin_zeroTimeout_triesOnce() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            holder.detach();
            assertThatThrownBy(() -> jobs.begin(MODIFY, "once", Duration.ZERO))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TIMEOUT));
            assertThat(jobs.tryBegin(MODIFY, "once")).isEmpty();
        }
        try (Job job = jobs.tryBegin(MODIFY, "once").orElseThrow()) {
            assertThat(job.type()).isEqualTo(MODIFY);
        }
    }

    @Test
    void begin_interruptedOnEntry_holdsNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> jobs.begin(MODIFY, "contract"))
                .isInstanceOf(InterruptedException.class);
        assertThat(jobs.info().jobs()).isEmpty();
    }

    @Test
    void begin_interruptedWhileWaiting_leavesTheQueue() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            Waiter<Job> waiter = waiter(MODIFY);
            waiter.interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(jobs.info().queue()).isEmpty();
        }
    }

    @Test
    void begin_severalWaiting_areAdmittedInArrivalOrder() throws Exception {
        Job holder = jobs.begin(MODIFY, "holder");
        Waiter<Job> first = waiter(MODIFY);
        Waiter<Job> second = waiter(DESTROY);
        holder.close();
        Job one = first.admitted();
        assertThat(second.waits()).isTrue();
        one.close();
        try (Job two = second.admitted()) {
            assertThat(two.fence()).isGreaterThan(one.fence());
        }
    }

    @Test
    void close_twiceAndLate_harmsNobody() throws Exception {
        Job stale = jobs.begin(MODIFY, "first");
        stale.close();
        try (Job successor = jobs.begin(MODIFY, "second")) {
            stale.close();
            assertThat(jobs.info().jobs()).extracting(JobInfo::id).containsExactly(successor.id());
            assertThatThrownBy(() -> stale.progress(Progress.ofData(1, 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
        }
    }

    @Test
    void close_byAnotherThread_endsTheJob() throws Exception {
        Job job = Waiter.start(() -> jobs.begin(MODIFY, "elsewhere")).admitted();
        job.close();
        assertThat(jobs.info().jobs()).isEmpty();
    }

    @Test
    void begin_badArguments_areNamed() {
        assertThatThrownBy(() -> jobs.begin(JobType.NESTED, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NESTED");
        assertThatThrownBy(() -> jobs.begin(MODIFY, " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blank operation");
        assertThatThrownBy(() -> jobs.begin(null, "x")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> jobs.begin(MODIFY, "x", null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> control.of(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> JobMask.of(JobType.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NONE");
        assertThat(jobs.info().jobs()).isEmpty();
    }

    // ---- async jobs -----------------------------------------------------------------------------

    @Test
    void beginAsync_jobRuns_waitsForItsEnd() throws Exception {
        Job holder = jobs.begin(MODIFY, "holder");
        Waiter<AsyncJob> waiter = Waiter.queued(jobs, () -> work(JobMask.NONE));
        holder.close();
        try (AsyncJob job = waiter.admitted()) {
            assertThat(jobs.info().async().orElseThrow().id()).isEqualTo(job.id());
            assertThat(jobs.info().jobs()).isEmpty();
        }
    }

    @Test
    void begin_maskedOut_holdsNobodyBack() throws Exception {
        try (AsyncJob job = work(JobMask.of(QUERY))) {
            Waiter<Job> kept = waiter(MODIFY);
            jobs.begin(QUERY, "beside").close();
            assertThat(kept.waits()).isTrue();
            job.close();
            kept.admitted().close();
        }
    }

    @Test
    void mask_widened_admitsWaitersInArrivalOrder() throws Exception {
        try (AsyncJob job = work(JobMask.NONE)) {
            Waiter<Job> first = waiter(MODIFY);
            Waiter<Job> second = waiter(MODIFY);
            job.mask(JobMask.of(MODIFY));
            Job one = first.admitted();
            assertThat(second.waits()).isTrue();
            one.close();
            second.admitted().close();
        }
    }

    @Test
    void beginNested_maskedOut_isAdmitted() throws Exception {
        try (AsyncJob job = work(JobMask.NONE);
                Job step = job.beginNested("step", LONG)) {
            assertThat(step.type()).isEqualTo(JobType.NESTED);
            assertThat(step.info().parentJobId()).hasValue(job.id());
        }
    }

    @Test
    void beginNested_asyncJobEnded_isRefused() throws Exception {
        AsyncJob job = work(JobMask.NONE);
        job.close();
        assertThatThrownBy(() -> job.beginNested("step", LONG))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void phase_goingBack_isRefused() throws Exception {
        try (AsyncJob job = work(JobMask.NONE)) {
            job.phase("move");
            assertThatThrownBy(() -> job.phase("prepare"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'prepare' lies before 'move'");
            assertThatThrownBy(() -> job.phase("dance"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no phase 'dance'");
            assertThat(job.phase()).isEqualTo("move");
        }
    }

    // ---- deadlocks ------------------------------------------------------------------------------

    @Test
    void begin_byTheOwner_isADeadlock() throws Exception {
        try (Job job = jobs.begin(MODIFY, "outer")) {
            assertThatThrownBy(() -> jobs.begin(MODIFY, "inner", LONG))
                    .isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
                        assertThat(refusal.reason()).isEqualTo(Reason.DEADLOCK);
                        assertThat(refusal.blockers()).extracting(JobInfo::id).contains(job.id());
                        assertThat(refusal)
                                .hasMessageContaining("it waits for MODIFY #" + job.id());
                    });
            assertThat(jobs.explain(MODIFY).reason()).contains(Reason.DEADLOCK);
        }
        jobs.begin(MODIFY, "afterwards").close();
    }

    @Test
    void begin_afterDetach_waits() throws Exception {
        Job job = jobs.begin(MODIFY, "outer");
        job.detach();
        JobFuture<Job> later = jobs.beginLater(MODIFY, "inner", LONG);
        job.close();
        later.await().close();
    }

    // ---- futures --------------------------------------------------------------------------------

    @Test
    void beginLater_cancelledWhileWaiting_leavesTheQueue() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            JobFuture<Job> later = jobs.beginLater(MODIFY, "later", LONG);
            assertThat(jobs.info().queue()).extracting(JobInfo::id).containsExactly(later.id());
            assertThat(later.cancel()).isEqualTo(AbortResult.LEFT_QUEUE);
            assertThatThrownBy(later::await)
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.ABORTED));
            assertThat(jobs.info().queue()).isEmpty();
        }
    }

    @Test
    void beginLater_completedFromOutside_givesTheJobBack() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            JobFuture<Job> later = jobs.beginLater(MODIFY, "later", LONG);
            later.toCompletableFuture().cancel(true);
            assertThatThrownBy(later::await).isInstanceOf(CancellationException.class);
        }
        await().untilAsserted(() -> assertThat(jobs.info().queue()).isEmpty());
        await().untilAsserted(() -> assertThat(jobs.info().jobs()).isEmpty());
    }

    @Test
    void run_returns_givesTheResult() throws Exception {
        JobFuture<String> future = jobs.run(MODIFY, "work", job -> job.operation());
        assertThat(future.await()).isEqualTo("work");
        assertThat(outcome(future)).isEqualTo(JobOutcome.COMPLETED);
    }

    @Test
    void run_throws_endsTheJobFailed() {
        JobFuture<Void> future = jobs.run(MODIFY, "work", job -> {
            throw new IllegalArgumentException("broken");
        });
        assertThatThrownBy(future::await)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("broken");
        assertThat(outcome(future)).isEqualTo(JobOutcome.FAILED);
    }

    @Test
    void runAsync_cancelled_endsTheJobAborted() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        JobFuture<Void> future = jobs.runAsync(TestOperation.WORK, job -> {
            job.onAbort(asked::countDown);
            runs.countDown();
            asked.await();
            job.checkpoint();
            return null;
        });
        await().until(() -> runs.getCount() == 0);
        assertThat(future.cancel()).isIn(AbortResult.STILL_RUNNING, AbortResult.ENDED);
        assertThatThrownBy(future::await).isInstanceOf(JobAbortedException.class);
        assertThat(outcome(future)).isEqualTo(JobOutcome.ABORTED);
    }

    @Test
    void refusal_behindAStage_isFound() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            JobFuture<Job> later = jobs.beginLater(MODIFY, "later", Duration.ZERO);
            assertThatThrownBy(
                            () -> later.thenApply(Job::id).toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .satisfies(e -> assertThat(JobRefusedException.in(e)).isPresent());
        }
    }

    @Test
    void call_throws_passesItOnAndEndsTheJob() {
        assertThatThrownBy(() -> jobs.call(MODIFY, "work", LONG, job -> {
                    throw new java.io.IOException("disk");
                }))
                .hasMessage("disk");
        assertThat(jobs.completed().orElseThrow().outcome()).contains(JobOutcome.FAILED);
        assertThat(jobs.info().jobs()).isEmpty();
    }

    private JobOutcome outcome(JobFuture<?> future) {
        return control.ended(future.id()).toCompletableFuture().join().outcome().orElseThrow();
    }

    // ---- abort ----------------------------------------------------------------------------------

    @Test
    void abort_waiting_refusesItsBegin() throws Exception {
        try (Job holder = jobs.begin(MODIFY, "holder")) {
            Waiter<Job> waiter = waiter(MODIFY);
            long id = jobs.info().queue().get(0).id();
            assertThat(control.abort(id, Duration.ZERO)).isEqualTo(AbortResult.LEFT_QUEUE);
            assertThat(waiter.refusal().reason()).isEqualTo(Reason.ABORTED);
        }
    }

    @Test
    void abort_running_runsItsActionsOnce() throws Exception {
        List<Thread> ran = Collections.synchronizedList(new ArrayList<>());
        try (Job job = jobs.begin(MODIFY, "work")) {
            job.onAbort(() -> ran.add(Thread.currentThread()));
            assertThat(job.abort()).isEqualTo(AbortResult.STILL_RUNNING);
            assertThat(job.abort()).isEqualTo(AbortResult.STILL_RUNNING);
            assertThat(ran).containsExactly(Thread.currentThread());
            job.onAbort(() -> ran.add(Thread.currentThread()));
            assertThat(ran).hasSize(2);
            assertThat(job.abortRequested()).isTrue();
            assertThat(job.info().state()).isEqualTo(JobState.ABORTING);
            assertThatThrownBy(job::checkpoint).isInstanceOf(JobAbortedException.class);
        }
        assertThat(jobs.completed().orElseThrow().outcome()).contains(JobOutcome.ABORTED);
    }

    @Test
    void abort_tooLateToMatter_leavesItCompleted() throws Exception {
        Job job = jobs.begin(MODIFY, "work");
        job.abort();
        job.close();
        assertThat(job.info().outcome()).contains(JobOutcome.COMPLETED);
        assertThat(job.abort()).isEqualTo(AbortResult.TOO_LATE);
        assertThat(control.abort(job.id(), Duration.ZERO)).isEqualTo(AbortResult.TOO_LATE);
        assertThat(control.abort(Long.MAX_VALUE, LONG)).isEqualTo(AbortResult.NO_SUCH_JOB);
    }

    @Test
    void abort_pastTheLastPoint_isNotAsked() throws Exception {
        try (AsyncJob job = jobs.beginAsync(TestOperation.FINAL, JobMask.NONE, LONG)) {
            assertThat(job.abort()).isEqualTo(AbortResult.NOT_ABORTABLE);
            assertThat(job.abortRequested()).isFalse();
            job.abortable(true);
            assertThat(jobs.abortAsync()).isTrue();
            assertThat(job.abortRequested()).isTrue();
        }
        assertThat(jobs.abortAsync()).isFalse();
    }

    @Test
    void abort_waitingForOneself_isMisuse() throws Exception {
        try (Job job = jobs.begin(MODIFY, "work")) {
            assertThatThrownBy(() -> jobs.abort(LONG)).isInstanceOf(IllegalStateException.class);
            assertThat(job.abortRequested()).isFalse();
        }
        assertThat(jobs.abort(LONG)).isFalse();
    }

    @Test
    void abort_ofTheSlot_returnsWhenTheJobHasEnded() throws Exception {
        Job job = Waiter.start(() -> jobs.begin(MODIFY, "work")).admitted();
        job.onAbort(job::close);
        assertThat(jobs.abort(LONG)).isTrue();
        assertThat(jobs.info().jobs()).isEmpty();
    }

    // ---- close, history, steering ---------------------------------------------------------------

    @Test
    void close_ofTheTarget_refusesWaitersAndNewcomers() throws Exception {
        Job holder = jobs.begin(MODIFY, "holder");
        Waiter<Job> waiter = waiter(MODIFY);
        jobs.close();
        assertThat(waiter.refusal().reason()).isEqualTo(Reason.TARGET_GONE);
        assertThatThrownBy(() -> jobs.tryBegin(MODIFY, "late"))
                .isInstanceOf(JobUnavailableException.class);
        JobObject anew = control.of(target());
        assertThat(anew.tryBegin(MODIFY, "before the old one's end")).isEmpty();
        assertThat(control.objects())
                .filteredOn(JobObjectInfo::target, anew.info().target())
                .extracting(JobObjectInfo::closed, object -> object.jobs().size())
                .containsExactly(tuple(true, 1), tuple(false, 0));
        holder.close();
        anew.begin(MODIFY, "after it").close();
    }

    @Test
    void beginNested_targetClosed_letsTheAsyncJobCleanUp() throws Exception {
        try (AsyncJob job = work(JobMask.NONE)) {
            jobs.close();
            job.beginNested("clean up", LONG).close();
        }
    }

    @Test
    void history_read_keepsTheRecord() throws Exception {
        Job job = jobs.begin(MODIFY, "work");
        assertThat(control.job(job.id()).orElseThrow().state()).isEqualTo(JobState.RUNNING);
        job.close();
        for (int i = 0; i < 2; i++) {
            assertThat(control.history(1)).extracting(JobInfo::id).containsExactly(job.id());
            assertThat(control.job(job.id()).orElseThrow().state()).isEqualTo(JobState.FINISHED);
        }
    }

    @Test
    void history_ofJobsThatWaited_saysHowTheyEnded() throws Exception {
        Job holder = jobs.begin(MODIFY, "holder");
        JobFuture<Job> later = jobs.beginLater(MODIFY, "later", LONG);
        JobFuture<Integer> work = jobs.run(MODIFY, "work", LONG, job -> 7);
        clock.advance(Duration.ofSeconds(2));
        holder.close();
        later.await().close();
        work.await();
        for (long id : new long[] {later.id(), work.id()}) {
            JobInfo ended = control.ended(id).toCompletableFuture().get();
            assertThat(ended.state()).isEqualTo(JobState.FINISHED);
            assertThat(ended.outcome()).contains(JobOutcome.COMPLETED);
            assertThat(ended.waited()).isEqualTo(Duration.ofSeconds(2));
            assertThat(ended.fence()).isPositive();
            assertThat(control.history(10)).extracting(JobInfo::id).contains(id);
        }
        assertThat(control.history(10)).allMatch(job -> job.state() == JobState.FINISHED);
    }

    @Test
    void release_ofAJob_orphansItAndLetsTheNextIn() throws Exception {
        Job hung = jobs.begin(MODIFY, "hung");
        Waiter<Job> waiter = waiter(MODIFY);
        engine.admin().release(hung.id(), "its owner hangs");
        try (Job next = waiter.admitted()) {
            hung.close();
            assertThat(jobs.info().jobs()).extracting(JobInfo::id).containsExactly(next.id());
        }
        assertThat(hung.info().outcome()).contains(JobOutcome.ORPHANED);
        assertThatThrownBy(hung::checkpoint).isInstanceOf(JobAbortedException.class);
    }

    @Test
    void drain_waitersAndNewcomers_areRefused() throws Exception {
        Job holder = jobs.begin(MODIFY, "holder");
        Waiter<Job> waiter = waiter(MODIFY);
        assertThat(engine.admin().drain(Duration.ZERO)).isFalse();
        assertThat(waiter.refusal().reason()).isEqualTo(Reason.CLOSING);
        assertThat(jobs.explain(QUERY).reason()).contains(Reason.CLOSING);
        holder.close();
        assertThat(engine.admin().drain(LONG)).isTrue();
    }

    @Test
    void explain_maskedOut_saysByWhichRule() throws Exception {
        assertThat(jobs.explain(MODIFY).admissible()).isTrue();
        try (AsyncJob job = work(JobMask.of(QUERY))) {
            assertThat(jobs.explain(MODIFY)).satisfies(why -> {
                assertThat(why.admissible()).isFalse();
                assertThat(why.rule()).startsWith("MODIFY waits: the async job WORK lets in only");
                assertThat(why.blockers()).extracting(JobInfo::id).containsExactly(job.id());
                assertThat(why.ahead()).isZero();
            });
        }
    }
}
