package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.util.Set;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.Domain;
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
}
