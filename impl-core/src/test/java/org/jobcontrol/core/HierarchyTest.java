package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.api.JobType.CHILD;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.core.contract.Waiter;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs on volumes hold their pool; groups take all or nothing; who shares and who may pass. */
@Timeout(60)
class HierarchyTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final VirtualClock clock = new VirtualClock();
    private final JobEngine engine = new JobEngine(clock, Settings.DEFAULTS);
    private final JobControl control = engine.control("test");
    private final JobObject pool;
    private final JobObject a;
    private final JobObject b;

    HierarchyTest() {
        Target.addAdapters(engine);
        Target images = Target.pool("images");
        pool = control.of(images);
        a = control.of(Target.volume(images, "a.img"));
        b = control.of(Target.volume(images, "b.img"));
    }

    @Test
    void begin_onAVolume_holdsItsPool() throws Exception {
        Job job = a.begin(MODIFY, "write");
        assertThat(pool.info().jobs()).singleElement().satisfies(child -> {
            assertThat(child.type()).isEqualTo(CHILD);
            assertThat(child.id()).isEqualTo(job.id());
        });
        pool.begin(QUERY, "beside").close();
        b.begin(MODIFY, "beside").close();
        Waiter<Job> stop = Waiter.queued(pool, () -> pool.begin(DESTROY, "stop", LONG));
        assertThat(pool.explain(DESTROY).blockers()).extracting(JobInfo::id).contains(job.id());
        job.close();
        stop.admitted().close();
        assertThat(pool.info().jobs()).isEmpty();
    }

    @Test
    void begin_poolWanted_keepsNewChildrenWaiting() throws Exception {
        Job job = a.begin(MODIFY, "write");
        Waiter<Job> stop = Waiter.queued(pool, () -> pool.begin(MODIFY, "stop", LONG));
        Waiter<Job> late = Waiter.queued(pool, () -> b.begin(MODIFY, "late", LONG));
        // This thread is in the pool already: those that wait there wait for it.
        assertThat(b.explain(QUERY).admissible()).isTrue();
        b.begin(QUERY, "of the same thread").close();
        job.close();
        Job stopping = stop.admitted();
        assertThat(late.waits()).isTrue();
        stopping.close();
        late.admitted().close();
    }

    /** The thread gets its first job from the core, when that is one of many in the pool already. */
    @Test
    void begin_poolWantedAndManyInside_passesWhereItsThreadIsInside() throws Exception {
        Target images = Target.pool("images");
        List<Job> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            JobObject volume = control.of(Target.volume(images, "other-" + i));
            others.add(volume.beginLater(QUERY, "other", LONG).await());
        }
        CountDownLatch wanted = new CountDownLatch(1);
        JobFuture<Long> work = a.run(MODIFY, "first", first -> {
            wanted.await();
            try (Job second = b.begin(MODIFY, "second", LONG)) {
                return second.id();
            }
        });
        Waiter<Job> stop = Waiter.queued(pool, () -> pool.begin(MODIFY, "stop", LONG));
        wanted.countDown();
        assertThat(work.await()).isPositive();
        assertThat(stop.waits()).isTrue();
        others.forEach(Job::close);
        stop.admitted().close();
    }

    @Test
    void refusal_fromBehindMany_countsAll() throws Exception {
        try (Job holder = pool.begin(MODIFY, "holder")) {
            List<JobFuture<Job>> others = new ArrayList<>();
            for (int i = 0; i < 700; i++) {
                others.add(pool.beginLater(MODIFY, "waits", LONG));
            }
            assertThat(others.get(300).cancel()).isEqualTo(AbortResult.LEFT_QUEUE);
            JobFuture<Job> last = others.get(699);
            last.cancel();
            assertThatThrownBy(last::await)
                    .isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
                        assertThat(refusal.ahead()).isEqualTo(698);
                        assertThat(refusal.blockers()).hasSize(100);
                    });
            others.forEach(JobFuture::cancel);
            assertThat(holder.info().state()).isEqualTo(JobState.RUNNING);
        }
    }

    @Test
    void refusal_byMany_namesAHundredOfThem() throws Exception {
        Target images = Target.pool("images");
        List<Job> others = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            JobObject volume = control.of(Target.volume(images, "other-" + i));
            others.add(volume.begin(QUERY, "other", LONG));
        }
        Waiter<Job> stop = Waiter.start(() -> pool.begin(MODIFY, "stop", Duration.ZERO));
        assertThat(stop.refusal().blockers()).hasSize(100);
        assertThat(stop.refusal()).hasMessageContaining(" and 147 more");
        others.forEach(Job::close);
    }

    @Test
    void begin_refusedOnTheVolume_givesThePoolBack() throws Exception {
        Job holder = a.begin(MODIFY, "holder");
        Waiter<Job> waiter = Waiter.queued(a, () -> a.begin(MODIFY, "waiter", LONG));
        assertThat(pool.info().jobs()).hasSize(2);
        clock.advance(LONG);
        assertThat(waiter.refusal().reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(pool.info().jobs()).hasSize(1);
        holder.close();
    }

    @Test
    void begin_readers_shareAndDoNotStarveAWriter() throws Exception {
        Job reader = a.begin(QUERY, "read");
        Job second = Waiter.start(() -> a.begin(QUERY, "read too", LONG)).admitted();
        Waiter<Job> writer = Waiter.queued(a, () -> a.begin(MODIFY, "write", LONG));
        Waiter<Job> third = Waiter.queued(a, () -> a.begin(QUERY, "read later", LONG));
        reader.close();
        second.close();
        Job writing = writer.admitted();
        assertThat(third.waits()).isTrue();
        writing.close();
        third.admitted().close();
    }

    @Test
    void poolAsync_withoutChildInItsMask_keepsVolumesOut() throws Exception {
        try (AsyncJob refresh = pool.beginAsync(StorageOperation.POOL_REFRESH)) {
            assertThat(a.tryBegin(QUERY, "read")).isEmpty();
            refresh.mask(JobMask.of(CHILD));
            a.begin(QUERY, "read").close();
        }
    }

    @Test
    void beginUnder_syncParent_keepsThePoolForItsChildren() throws Exception {
        Job parent = pool.begin(MODIFY, "build");
        Job child = a.beginUnder(parent, MODIFY, "fill", LONG);
        assertThat(child.info().parentJobId()).hasValue(parent.id());
        parent.close();
        assertThat(pool.tryBegin(QUERY, "look")).isEmpty();
        assertThatThrownBy(() -> b.beginUnder(parent, MODIFY, "fill", LONG))
                .isInstanceOf(IllegalStateException.class);
        child.close();
        pool.begin(QUERY, "look").close();
    }

    @Test
    void beginUnder_foreignParent_isNamed() throws Exception {
        JobObject other = control.of(Target.pool("other"));
        try (Job parent = other.begin(MODIFY, "build")) {
            assertThatThrownBy(() -> a.beginUnder(parent, MODIFY, "fill", LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not on the parent of volume images/a.img");
        }
        try (Job query = pool.begin(QUERY, "look")) {
            assertThatThrownBy(() -> a.beginUnder(query, MODIFY, "fill", LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("QUERY job does not cover");
        }
    }

    @Test
    void beginAll_oneTaken_holdsNothingAfterItsDeadline() throws Exception {
        Job holder = b.begin(MODIFY, "holder");
        Waiter<JobGroup> group = Waiter.queued(b, () -> control.beginAll(copy(), LONG));
        assertThat(a.tryBegin(MODIFY, "kept out")).isEmpty();
        clock.advance(LONG);
        assertThat(group.refusal().blockers()).extracting(JobInfo::id).contains(holder.id());
        a.begin(MODIFY, "free again").close();
        holder.close();
        try (JobGroup jobs = control.beginAll(copy(), LONG)) {
            assertThat(jobs.jobs()).extracting(Job::target).containsExactly(b.target(), a.target());
            assertThat(jobs.asyncJob(b.target()).operation()).isEqualTo("VOLUME_CLONE");
        }
        assertThat(pool.info().jobs()).isEmpty();
    }

    @Test
    void runAll_thatWaits_isFoundAndAbortedByTheIdOfEachJob() throws Exception {
        try (Job holder = pool.begin(MODIFY, "holder")) {
            for (boolean first : new boolean[] {true, false}) {
                JobFuture<String> work = control.runAll(copy(), LONG, group -> "never");
                long queued = pool.info().queue().get(0).id();
                assertThat(queued).isNotEqualTo(work.id());
                long id = first ? work.id() : queued;
                assertThat(control.job(id).orElseThrow().state()).isEqualTo(JobState.WAITING);
                assertThat(control.abort(id, Duration.ZERO)).isEqualTo(AbortResult.LEFT_QUEUE);
                assertThatThrownBy(work::await).isInstanceOf(JobRefusedException.class);
            }
            assertThat(pool.info().queue()).isEmpty();
            assertThat(holder.info().state()).isEqualTo(JobState.RUNNING);
        }
    }

    private List<JobRequest> copy() {
        return List.of(
                JobRequest.of(b, StorageOperation.VOLUME_CLONE, JobMask.NONE),
                JobRequest.of(a, QUERY, "source"));
    }

    @Test
    void beginAll_poolInTheGroup_coversItsVolumes() throws Exception {
        List<JobRequest> requests =
                List.of(JobRequest.of(a, MODIFY, "volume"), JobRequest.of(pool, MODIFY, "pool"));
        try (JobGroup group = control.beginAll(requests, LONG)) {
            assertThat(group.job(pool.target()).type()).isEqualTo(MODIFY);
            assertThat(pool.info().jobs()).hasSize(1);
        }
        assertThat(pool.info().jobs()).isEmpty();
    }

    @Test
    void beginAll_sameTargetTwice_isNamed() {
        List<JobRequest> requests =
                List.of(JobRequest.of(a, QUERY, "one"), JobRequest.of(a, QUERY, "two"));
        assertThatThrownBy(() -> control.beginAll(requests, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("volume images/a.img");
    }

    @Test
    void begin_cycleOverTwoTargets_refusesExactlyOne() throws Exception {
        Job mine = a.begin(MODIFY, "a by this thread");
        Waiter<Job> other = Waiter.queued(a, () -> {
            try (Job his = b.begin(MODIFY, "b by that thread", LONG)) {
                return a.begin(MODIFY, "then a", LONG);
            }
        });
        assertThatThrownBy(() -> b.begin(MODIFY, "then b", LONG))
                .isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(Reason.DEADLOCK);
                    assertThat(refusal).hasMessageContaining(", which waits for MODIFY");
                });
        mine.close();
        other.admitted().close();
    }

    @Test
    void begin_queueFull_isRefusedAtOnce() throws Exception {
        engine.settings(new Settings(
                LONG,
                1,
                10,
                Duration.ofDays(1),
                LONG,
                LONG,
                Settings.LeakTracking.OFF,
                Duration.ZERO));
        try (Job holder = pool.begin(QUERY, "holder")) {
            assertThatThrownBy(() -> pool.begin(QUERY, "too many", LONG))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.QUEUE_FULL))
                    .hasMessageContaining("the bound is 1");
            assertThat(pool.tryBegin(QUERY, "too many")).isEmpty();
        }
    }

    /**
     * Interrupts a begin as soon as its hold on the pool is seen. Now and then that is before it asks for
     * its volume; a begin that then only gives back what it has ends as WAITING, with no outcome.
     */
    @Test
    void begin_interruptedBetweenPoolAndVolume_endsAborted() throws Exception {
        Job holder = a.begin(MODIFY, "holder");
        for (int i = 0; i < 3000; i++) {
            Waiter<Job> waiter = Waiter.start(() -> a.begin(MODIFY, "waits", LONG));
            Optional<JobInfo> child = Optional.empty();
            while (child.isEmpty()) {
                child = pool.info().jobs().stream()
                        .filter(job -> job.id() != holder.id())
                        .findFirst();
            }
            CompletionStage<JobInfo> ended = control.ended(child.get().id());
            waiter.interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            JobInfo info = ended.toCompletableFuture().get();
            assertThat(info.state()).isEqualTo(JobState.FINISHED);
            assertThat(info.outcome()).contains(JobOutcome.ABORTED);
        }
        holder.close();
    }

    @Test
    void tryBegin_onABusyVolumeWhosePoolIsGone_isUnavailable() throws Exception {
        Job holder = a.begin(MODIFY, "holder");
        pool.close();
        assertThatThrownBy(() -> a.tryBegin(MODIFY, "second"))
                .isInstanceOf(JobUnavailableException.class)
                .hasMessageContaining("pool images is gone");
        holder.close();
    }
}
