package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
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
}
