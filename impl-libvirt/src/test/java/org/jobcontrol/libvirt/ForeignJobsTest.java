package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that virsh begins are seen, waited for here, and aborted as ours are. */
@Real
@Timeout(120)
class ForeignJobsTest {
    private final Daemon daemon;
    private final Lab lab;

    ForeignJobsTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @Test
    void saveOfAnother_isShownAndWaitedForAndAborted() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "theirs", 256 * MIB, false);
        Domain domain = guest.run(lab.domains());
        Process virsh;
        JobInfo save;
        try (Pipe pipe = new Pipe(guest.file("save"))) {
            virsh = daemon.virshLater("save", "theirs", pipe.path().toString());
            pipe.awaitWriter();
            await().until(() -> domain.jobs().info().async().isPresent());
            save = domain.jobs().info().async().orElseThrow();
            assertThat(save.operation()).isEqualTo("SAVE");
            assertThat(save.owner().thread()).isEqualTo("another client of " + daemon.uri());

            long begun = System.nanoTime();
            assertThatThrownBy(() -> domain.setMemory(128 * MIB, Duration.ofMillis(500)))
                    .isInstanceOf(JobRefusedException.class)
                    .hasMessageContaining("held by SAVE #" + save.id());
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(lab.control()
                            .job(save.id())
                            .orElseThrow()
                            .progress()
                            .memory()
                            .total())
                    .isGreaterThan(200 * MIB);

            assertThat(lab.control().abort(save.id(), Duration.ZERO))
                    .isEqualTo(AbortResult.STILL_RUNNING);
            pipe.drain();
        }
        assertThat(virsh.waitFor()).isNotZero();
        await().until(() -> domain.jobs().info().async().isEmpty());
        assertThat(lab.control().job(save.id()).orElseThrow().outcome())
                .contains(JobOutcome.ABORTED);
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.setMemory(128 * MIB, LONG);
        domain.destroy(LONG);
        domain.undefine(LONG);
    }

    @Test
    void saveOfAnother_thatIsDone_hasCompleted() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "done", 128 * MIB, false);
        Domain domain = guest.run(lab.domains());
        try (Pipe pipe = new Pipe(guest.file("save"))) {
            Process virsh = daemon.virshLater("save", "done", pipe.path().toString());
            pipe.awaitWriter();
            await().until(() -> domain.jobs().info().async().isPresent());
            JobInfo save = domain.jobs().info().async().orElseThrow();
            pipe.drain();
            assertThat(virsh.waitFor()).isZero();
            await().until(() -> domain.jobs().info().async().isEmpty());
            assertThat(lab.control().job(save.id()).orElseThrow().outcome())
                    .contains(JobOutcome.COMPLETED);
        }
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.undefine(LONG);
    }

    @Test
    void snapshotOfAnother_besideWhichNobodyMayAsk_isShownUntilItEnds() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "pictured", 512 * MIB, false);
        Domain domain = guest.run(lab.domains());
        Process virsh = daemon.virshLater(
                "snapshot-create-as",
                "pictured",
                "one",
                "--memspec",
                guest.file("memory").toString());
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> domain.jobs().info().async().isPresent());
        assertThat(domain.jobs().info().async().orElseThrow().operation()).isEqualTo("SNAPSHOT");
        assertThat(virsh.waitFor()).isZero();
        await().until(() -> domain.jobs().info().async().isEmpty());
        domain.destroy(LONG);
        daemon.virsh("undefine", "pictured", "--snapshots-metadata");
    }

    @Test
    void changesOfAnother_areSeen() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "changed", 64 * MIB, false);
        Domain domain = guest.run(lab.domains());
        daemon.virsh("suspend", "changed");
        await().until(() -> domain.state() == DomainState.PAUSED);
        daemon.virsh("destroy", "changed");
        await().until(() -> domain.state() == DomainState.SHUTOFF);
        daemon.virsh("undefine", "changed");
        await().until(() -> lab.domains().find("changed").isEmpty());
    }

    @Test
    void undefineByAnother_refusesWaitingJobs() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "vanishing", 64 * MIB, false);
        Domain domain = lab.domains().define(guest.spec());
        try (Job held = domain.jobs().begin(JobType.MODIFY, "held", LONG)) {
            JobFuture<Job> waiter = domain.jobs().beginLater(JobType.MODIFY, "waits", LONG);
            daemon.virsh("undefine", "vanishing");
            // nobody asks for the list of domains: libvirt tells that one is gone
            assertThatThrownBy(waiter::await)
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            refusal -> assertThat(refusal.reason())
                                    .isEqualTo(JobRefusedException.Reason.TARGET_GONE));
            assertThat(held.info().target().id()).isEqualTo("vanishing");
        }
    }

    @Test
    void renameByAnother_whileAJobRuns_isFollowedWhenItHasEnded() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "before", 64 * MIB, false);
        Domain domain = lab.domains().define(guest.spec());
        try (Job held = domain.jobs().begin(JobType.MODIFY, "held", LONG)) {
            JobFuture<Job> waiter = domain.jobs().beginLater(JobType.MODIFY, "waits", LONG);
            daemon.virsh("domrename", "before", "after");
            assertThatThrownBy(waiter::await).isInstanceOf(JobRefusedException.class);
            assertThat(lab.domains().find("after")).isEmpty();
            assertThat(held.info().target().id()).isEqualTo("before");
        }
        // libvirt's events may be worked off at the same time
        await().until(() -> lab.domains().find("after").isPresent());
        Domain renamed = lab.domains().find("after").orElseThrow();
        assertThat(renamed.uuid()).isEqualTo(domain.uuid());
        renamed.undefine(LONG);
    }
}
