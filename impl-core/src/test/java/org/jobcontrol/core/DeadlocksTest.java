package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.core.contract.Waiter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits on a pool and its volumes that look like a deadlock and are none, or the other way round. */
@Timeout(60)
class DeadlocksTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final JobMask MASK = JobMask.of(QUERY, MODIFY);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("test");
    private final JobObject pool;
    private final JobObject volume;
    private final JobObject domain;

    DeadlocksTest() {
        Target.addAdapters(engine);
        Target images = Target.pool("images");
        pool = control.of(images);
        volume = control.of(Target.volume(images, "a.img"));
        domain = control.of(Target.domain("web-01"));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static void assertRefused(ThrowingCallable begin, Reason reason) {
        assertThatThrownBy(begin)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    /** The job on the volume waits for the async job alone: it may pass the MODIFY. */
    @Test
    void begin_thatOnlyTheAsyncJobKeepsOut_isNoDeadlock() throws Exception {
        AsyncJob async = pool.beginAsync(StorageOperation.POOL_REFRESH, MASK, LONG);
        try (Job own = pool.begin(QUERY, "own")) {
            Waiter<Job> other = Waiter.queued(pool, () -> pool.begin(MODIFY, "other", LONG));
            assertRefused(() -> volume.begin(QUERY, "read", SHORT), Reason.TIMEOUT);
            async.close();
            volume.begin(QUERY, "read", LONG).close();
            own.close();
            other.admitted().close();
        }
    }

    /** The CHILD hold came before the MODIFY, so it is not held back by that. */
    @Test
    void begin_behindAWaiterThatCameBeforeTheOneHeldBack_isNoDeadlock() throws Exception {
        AsyncJob async = pool.beginAsync(StorageOperation.POOL_REFRESH, MASK, LONG);
        try (Job own = pool.begin(QUERY, "own")) {
            Waiter<Void> both = Waiter.queued(pool, () -> {
                try (Job held = domain.begin(MODIFY, "held", LONG);
                        Job child = volume.begin(QUERY, "child", LONG)) {
                    return null;
                }
            });
            Waiter<Job> later = Waiter.queued(pool, () -> pool.begin(MODIFY, "later", LONG));
            assertRefused(() -> domain.begin(QUERY, "look", SHORT), Reason.TIMEOUT);
            async.close();
            both.admitted();
            domain.begin(QUERY, "look", LONG).close();
            own.close();
            later.admitted().close();
        }
    }

    /** The pool's job keeps its slot until the job that it covers has ended, which waits for the slot. */
    @Test
    void begin_behindTheJobThatCoversItsOwn_isADeadlock() throws Exception {
        Job covering = pool.begin(MODIFY, "covering");
        covering.detach();
        try (Job covered = volume.beginUnder(covering, MODIFY, "covered", LONG)) {
            assertRefused(() -> pool.begin(QUERY, "look", LONG), Reason.DEADLOCK);
        }
        covering.close();
        await().until(() -> pool.info().jobs().isEmpty());
        pool.begin(QUERY, "look", LONG).close();
    }

    // ---- waits for a future ---------------------------------------------------------------------

    private static void assertRefused(ThrowingCallable await, Reason reason, Job blocker) {
        assertThatThrownBy(await).isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal)
                    .hasMessageContaining("#" + blocker.id() + " '" + blocker.operation());
            assertThat(refusal.blockers()).extracting(JobInfo::id).contains(blocker.id());
        });
    }

    @Test
    void await_ofAJobThatWaitsForTheThread_isADeadlock() throws Exception {
        try (Job own = domain.begin(MODIFY, "own")) {
            assertRefused(domain.beginLater(QUERY, "look", LONG)::await, Reason.DEADLOCK, own);
            assertRefused(domain.run(QUERY, "look", Job::id)::await, Reason.DEADLOCK, own);
            assertRefused(
                    domain.runAsync(DomainOperation.SAVE, Job::id)::await, Reason.DEADLOCK, own);
            assertThat(domain.info().queue()).isEmpty();
        }
    }

    @Test
    void await_ofAJobOnAVolumeOfThePoolOfTheThread_isADeadlock() throws Exception {
        try (Job own = pool.begin(MODIFY, "own")) {
            assertRefused(volume.run(QUERY, "read", Job::id)::await, Reason.DEADLOCK, own);
        }
    }

    /** The request waits for another thread, which waits for this one. */
    @Test
    void await_ofAJobThatWaitsForTheThreadThroughAnother_isADeadlock() throws Exception {
        try (Job own = domain.begin(MODIFY, "own")) {
            Waiter<Job> other = Waiter.queued(domain, () -> {
                try (Job held = volume.begin(MODIFY, "held", LONG)) {
                    return domain.begin(MODIFY, "later", LONG);
                }
            });
            JobFuture<Long> work = volume.run(MODIFY, "write", Job::id);
            assertRefused(work::await, Reason.DEADLOCK, own);
            own.close();
            other.admitted().close();
        }
    }

    @Test
    void await_ofWorkThatWaitsForTheThread_refusesTheWaitOfTheWork() throws Exception {
        try (Job own = domain.begin(MODIFY, "own")) {
            JobFuture<Long> work = volume.run(MODIFY, "copy", job -> {
                try (Job inner = domain.begin(QUERY, "look", LONG)) {
                    return inner.id();
                }
            });
            await().until(() -> domain.info().queue().size() == 1);
            assertRefused(work::await, Reason.DEADLOCK, own);
        }
    }

    @Test
    void begin_inWorkThatTheOwnerAwaits_isADeadlock() throws Exception {
        CountDownLatch awaited = new CountDownLatch(1);
        Thread owner = Thread.currentThread();
        try (Job own = domain.begin(MODIFY, "own")) {
            JobFuture<Long> work = volume.run(MODIFY, "copy", job -> {
                awaited.await();
                try (Job inner = domain.begin(QUERY, "look", LONG)) {
                    return inner.id();
                }
            });
            Waiter<Boolean> watcher = Waiter.start(() -> {
                await().until(() -> owner.getState() == Thread.State.WAITING
                        && isIn(owner, "LaterJob", "awaitIt"));
                awaited.countDown();
                return true;
            });
            assertRefused(work::await, Reason.DEADLOCK, own);
            assertThat(watcher.admitted()).isTrue();
        }
    }

    /** The group has its first job when the thread begins to await it, and wants the thread's next. */
    @Test
    void request_thatComesToAJobOfTheThreadThatAwaitsIt_isADeadlock() throws Exception {
        JobObject second = control.of(Target.domain("web-02"));
        Thread owner = Thread.currentThread();
        Job first = Waiter.start(() -> domain.begin(MODIFY, "first", LONG)).admitted();
        try (Job own = second.begin(MODIFY, "own")) {
            JobFuture<Integer> work = control.runAll(
                    List.of(
                            JobRequest.of(domain, MODIFY, "both"),
                            JobRequest.of(second, MODIFY, "both")),
                    LONG,
                    group -> group.jobs().size());
            Waiter<Boolean> watcher = Waiter.start(() -> {
                await().until(() -> owner.getState() == Thread.State.WAITING
                        && isIn(owner, "LaterJob", "awaitIt"));
                first.close();
                return true;
            });
            assertRefused(work::await, Reason.DEADLOCK, own);
            assertThat(watcher.admitted()).isTrue();
        }
    }

    private static boolean isIn(Thread thread, String type, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("." + type)
                        && frame.getMethodName().equals(method));
    }

    @Test
    void await_ofAJobThatWaitsForAnotherThread_isNoDeadlock() throws Exception {
        Job other = Waiter.start(() -> domain.begin(MODIFY, "other", LONG)).admitted();
        try (Job own = volume.begin(MODIFY, "own")) {
            JobFuture<Long> work = domain.run(MODIFY, "work", Job::id);
            Waiter<Long> waiter = Waiter.start(work::await);
            await().until(() -> isIn(waiter.thread(), "LaterJob", "awaitIt"));
            other.close();
            assertThat(work.await()).isEqualTo(waiter.admitted());
            assertThat(own.info().outcome()).isEmpty();
        }
    }

    @Test
    void begin_keptOutByTheCallersOwnAsyncJob_saysSo() throws Exception {
        try (AsyncJob own = domain.beginAsync(DomainOperation.SAVE, JobMask.NONE, LONG)) {
            assertThatThrownBy(() -> domain.begin(MODIFY, "set", SHORT))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TIMEOUT))
                    .hasMessageContaining("held by SAVE #" + own.id())
                    .hasMessageContaining("a job of the caller's own");
            Waiter<Job> other = Waiter.start(() -> domain.begin(MODIFY, "set", SHORT));
            assertThat(other.refusal()).hasMessageNotContaining("the caller's own");
            domain.abortAsync();
        }
    }

    /** Another thread may end the async job, so the wait for it may end. */
    @Test
    void begin_keptOutByTheCallersOwnAsyncJob_waitsUntilAnotherEndsIt() throws Exception {
        AsyncJob own = domain.beginAsync(DomainOperation.SAVE, JobMask.NONE, LONG);
        Waiter<Boolean> other = Waiter.start(() -> {
            await().until(() -> domain.info().queue().size() == 1);
            own.close();
            return true;
        });
        domain.begin(MODIFY, "set", LONG).close();
        assertThat(other.admitted()).isTrue();
    }
}
