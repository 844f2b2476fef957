package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.stress.Overtaking;
import org.junit.jupiter.api.Test;

/** Who may be overtaken, by whom, and for how long. Requests are moved by hand, in one thread. */
class OvertakingTest {
    private static final Duration GRACE = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Owner OWNER = new Owner("test", "test", 1);

    private final VirtualClock clock = new VirtualClock();
    private CoreJobObject object = object(GRACE);

    private CoreJobObject object(Duration grace) {
        Settings settings = Overtaking.settings(grace);
        Rules rules = new Rules(new JobEngine(clock, settings), AdmissionPolicy.LIBVIRT);
        return new CoreJobObject(TargetId.of("domain", "one"), rules, null);
    }

    @Test
    void waiter_withinTheGrace_isOvertakenAndThenTakesItsTurn() {
        JobHandle first = entered();
        Request waiter = waiter(JobType.MODIFY);
        first.close();
        assertThat(waiter.decided()).isFalse();
        JobHandle quicker = entered();
        assertThat(waiter.advance()).as("while another runs").isFalse();
        quicker.close();
        assertThat(waiter.advance()).isTrue();
        assertThat(waiter.admitted()).isTrue();
        assertThat(object.enter(job(JobType.MODIFY))).isFalse();
    }

    @Test
    void explain_ofWhatMayOvertake_saysYes() {
        JobHandle first = entered();
        Request waiter = waiter(JobType.MODIFY);
        assertThat(object.explain(JobType.QUERY).admissible()).isFalse();
        first.close();
        assertThat(object.explain(JobType.QUERY).admissible()).isTrue();
        assertThat(object.explain(JobType.DESTROY).admissible()).isFalse();
        assertThat(object.explain(JobType.ASYNC).admissible()).isFalse();
        clock.advance(GRACE);
        JobHandle quicker = job(JobType.QUERY);
        assertThat(object.enter(quicker)).isTrue();
        quicker.close();
        assertThat(waiter.admitted()).isTrue();
        assertThat(object.explain(JobType.QUERY).admissible()).isFalse();
    }

    @Test
    void waiter_afterTheGrace_isNotOvertaken() {
        JobHandle first = entered();
        Request waiter = waiter(JobType.MODIFY);
        first.close();
        JobHandle quicker = entered();
        clock.advance(GRACE);
        quicker.close();
        assertThat(waiter.admitted()).isTrue();
    }

    @Test
    void order_ofThoseThatWaitedForTheGrace_isStrict() {
        JobHandle first = entered();
        Request one = waiter(JobType.MODIFY);
        Request other = waiter(JobType.MODIFY);
        first.close();
        JobHandle quicker = entered();
        clock.advance(GRACE);
        quicker.close();
        one.job().close();
        assertThat(other.admitted()).isTrue();
    }

    @Test
    void waiter_forDestroy_isNotOvertaken() {
        JobHandle first = entered();
        Request waiter = waiter(JobType.DESTROY);
        first.close();
        assertThat(waiter.admitted()).isTrue();
    }

    @Test
    void asyncJob_thatComes_overtakesNobody() {
        JobHandle first = entered();
        Request waiter = waiter(JobType.MODIFY);
        first.close();
        AsyncJobHandle async =
                new AsyncJobHandle(object, null, StorageOperation.VOLUME_WIPE, JobMask.NONE, OWNER);
        assertThat(object.enter(async)).isFalse();
        assertThat(waiter.advance()).isTrue();
    }

    @Test
    void waiter_withoutAGrace_isAdmittedAtOnce() {
        object = object(Duration.ZERO);
        JobHandle first = entered();
        Request waiter = waiter(JobType.MODIFY);
        first.close();
        assertThat(waiter.admitted()).isTrue();
    }

    @Test
    void waiterWhoseTurnItIs_thatLeaves_leavesItToTheNext() {
        JobHandle first = entered();
        Request one = waiter(JobType.MODIFY);
        Request other = waiter(JobType.MODIFY);
        first.close();
        clock.advance(TIMEOUT);
        assertThat(one.advance()).isTrue();
        assertThat(one.admitted()).isFalse();
        assertThat(other.advance()).isTrue();
    }

    @Test
    void manyThreads_withAGrace_areAloneAndAllGetTheirTurn() throws Exception {
        assertThat(Overtaking.violation(GRACE)).isEqualTo(Optional.empty());
    }

    private JobHandle entered() {
        JobHandle job = job(JobType.MODIFY);
        assertThat(object.enter(job)).isTrue();
        return job;
    }

    private Request waiter(JobType type) {
        Request request = new Request(object.engine(), Thread.currentThread(), TIMEOUT);
        request.add(job(type), false);
        assertThat(request.advance()).isFalse();
        return request;
    }

    private JobHandle job(JobType type) {
        return new JobHandle(object, type, "test", OWNER, null);
    }
}
