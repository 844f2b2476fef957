package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that stands still for longer than anybody believes in it. */
@Tag("slow")
@Real
@Timeout(180)
class HungDaemonTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start("host-e");
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    @Test
    void close_withADaemonThatStandsStill_takesSeconds() throws Exception {
        try (Stopped stopped = new Stopped()) {
            Lab lab = new Lab(daemon.uri());
            Guest.make(daemon.directory(), "closed", 64 * MIB, false).run(lab.domains());
            stopped.stop(daemon.process());
            long begun = System.nanoTime();
            lab.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(20));
        }
        daemon.virsh("destroy", "closed");
    }

    @Test
    void save_atADaemonThatStandsStill_failsAsTheConnectionIsLost() throws Exception {
        try (Lab lab = new Lab(daemon.uri());
                Pipe pipe = new Pipe(daemon.directory().resolve("saved.save"));
                Stopped stopped = new Stopped()) {
            Domain domain =
                    Guest.make(daemon.directory(), "saved", 64 * MIB, false).run(lab.domains());
            JobFuture<Void> save = domain.save(pipe.path(), LONG);
            pipe.awaitWriter();
            stopped.stop(daemon.process());
            // the connection of the save itself, not only the one that events come by
            assertThatThrownBy(save::await)
                    .cause()
                    .isInstanceOfSatisfying(
                            DomainException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
            lab.awaitLost();
            // one that is to be connected again is closed as fast
            long begun = System.nanoTime();
            lab.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }
}
