package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.core.journal.Lives;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that saves a real guest is killed at random moments, many times on one journal. */
@Tag("slow")
@Real
@Timeout(2400)
class KilledTest {
    private static final int TIMES = Boolean.getBoolean("stress.long") ? 200 : 8;
    private static final int MOST_MILLIS = 4000;

    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start("host-k");
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    @Test
    void killedWhileItSaves_losesNothing_andTheGuestIsWhole() throws Exception {
        try (Lab lab = new Lab(daemon.uri())) {
            Guest.make(daemon.directory(), "mortal", 1536 * MIB, true).run(lab.domains());
        }
        Lives lives = new Lives(KilledProcess.class, MOST_MILLIS);
        for (int life = 0; life < TIMES; life++) {
            lives.live(
                    KilledTest::assertRunsOrIsSaved,
                    daemon.uri(),
                    daemon.directory().resolve("journal").toString(),
                    "mortal");
        }
        System.out.println(lives.summary());
        try (Lab lab = new Lab(daemon.uri())) {
            Domain domain = lab.domains().find("mortal").orElseThrow();
            if (domain.query(LONG).state() == DomainState.SHUTOFF) {
                domain.start(LONG).await();
            }
            domain.destroy(LONG);
        }
    }

    /** Nothing runs on it any more, and the guest neither stands still nor has it lost its memory. */
    private static void assertRunsOrIsSaved(int life) throws Exception {
        String state = daemon.virsh("domstate", "mortal");
        String info = daemon.virsh("domstate", "mortal", "--reason") + "\n"
                + daemon.virsh("dominfo", "mortal");
        assertThat(state.equals("running") || info.matches("(?s).*Managed save:\\s+yes.*"))
                .as("life %d: %s", life, info)
                .isTrue();
    }
}
