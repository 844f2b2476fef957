package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.util.Set;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steering that libvirt has no way to do is refused, not accepted without effect. */
@Real
@Timeout(60)
class SteeringTest {
    private final Daemon daemon;
    private final Lab lab;

    SteeringTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @Test
    void dump_pausedOrLimited_refusesBoth() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "unsteered", 32 * MIB, false);
        Domain domain = guest.run(lab.domains());
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            JobFuture<Void> dump = domain.dump(pipe.path(), Set.of(), LONG);
            pipe.awaitWriter();
            assertThatThrownBy(() -> lab.admin().pause(dump.id()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("cannot be paused");
            assertThatThrownBy(() -> lab.admin().bandwidth(dump.id(), MIB))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("cannot be limited");
            pipe.drain();
            dump.await();
            assertThat(lab.ended(dump).outcome()).contains(JobOutcome.COMPLETED);
        }
        domain.destroy(LONG);
        domain.undefine(LONG);
    }

    @Test
    void save_limitedWhileItWaited_isRefused() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "limited", 32 * MIB, false);
        Domain domain = guest.run(lab.domains());
        JobFuture<Void> save;
        try (AsyncJob other =
                domain.jobs().beginAsync(DomainOperation.BACKUP, JobMask.DEFAULT, LONG)) {
            save = domain.save(guest.file("save"), LONG);
            await().until(() -> lab.control().job(save.id()).isPresent());
            lab.admin().bandwidth(save.id(), MIB);
        }
        assertThatThrownBy(save::await)
                .cause()
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason()).isEqualTo(DomainException.Reason.UNSUPPORTED))
                .hasMessageContaining("SAVE #" + save.id())
                .hasMessageContaining("1048576 bytes a second");
        assertThat(domain.query(LONG).state()).isEqualTo(DomainState.RUNNING);
        domain.destroy(LONG);
        domain.undefine(LONG);
    }
}
