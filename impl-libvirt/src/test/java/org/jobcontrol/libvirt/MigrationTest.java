package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.api.JobType.ABORT;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MIGRATION_OP;
import static org.jobcontrol.api.JobType.MODIFY_MIGRATION_SAFE;
import static org.jobcontrol.api.JobType.QUERY;
import static org.jobcontrol.api.JobType.SUSPEND;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.MigrationSpec;
import org.jobcontrol.api.domain.MigrationSpec.Option;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests that move between two daemons, each on a host of its own, as they believe. */
@Tag("slow")
@Real
@Timeout(120)
class MigrationTest {
    private static Daemon there;

    private final Daemon here;
    private final Lab lab;

    MigrationTest(Daemon here, Lab lab) {
        this.here = here;
        this.lab = lab;
    }

    @BeforeAll
    static void start() throws Exception {
        there = Daemon.start("host-b");
    }

    @AfterAll
    static void stop() throws Exception {
        there.close();
    }

    private Domain running(String name, boolean again) throws Exception {
        return Guest.make(here.directory(), name, 256 * MIB, again).run(lab.domains());
    }

    private static MigrationSpec to(int port, Option... more) {
        Set<Option> options = EnumSet.of(Option.LIVE, more);
        // both daemons see the same files
        options.add(Option.UNSAFE);
        return new MigrationSpec(there.uri(), "tcp://127.0.0.1:" + port, options);
    }

    private JobFuture<Void> begin(Domain domain, MigrationSpec spec) throws Exception {
        here.virsh("migrate-setspeed", domain.name(), "16");
        JobFuture<Void> migration = domain.migrations().migrate(spec, LONG);
        await().until(() -> lab.control()
                        .job(migration.id())
                        .orElseThrow()
                        .progress()
                        .memory()
                        .processed()
                > 0);
        return migration;
    }

    @Test
    void migrate_disksNotShared_fails() throws Exception {
        Domain domain = running("refused", false);
        MigrationSpec plain = new MigrationSpec(
                there.uri(), "tcp://127.0.0.1:49159", EnumSet.of(Option.LIVE, Option.PEER_TO_PEER));
        JobFuture<Void> migration = domain.migrations().migrate(plain, LONG);
        assertThatThrownBy(migration::await).hasMessageContaining("Unsafe migration");
        assertThat(lab.ended(migration).error()).isPresent();
        assertThat(lab.ended(migration).outcome()).contains(JobOutcome.FAILED);
        domain.destroy(LONG);
    }

    @Test
    void migrate_aborted_staysHere() throws Exception {
        Domain domain = running("stays", false);
        JobFuture<Void> migration = begin(domain, to(49_160, Option.PEER_TO_PEER));
        assertThat(Lab.beside(domain))
                .containsExactlyInAnyOrder(
                        QUERY, DESTROY, SUSPEND, ABORT, MIGRATION_OP, MODIFY_MIGRATION_SAFE);
        domain.suspend(LONG);
        assertThat(lab.control().abort(migration.id(), LONG)).isEqualTo(AbortResult.ENDED);
        assertThatThrownBy(migration::await).isInstanceOf(JobAbortedException.class);
        await().until(() -> domain.state() == DomainState.RUNNING);
        assertThat(there.virsh("list", "--all", "--name")).doesNotContain("stays");
        domain.destroy(LONG);
    }

    @Test
    void migrate_faster_arrives() throws Exception {
        Domain domain = running("moves", false);
        JobFuture<Void> migration =
                begin(domain, to(49_161, Option.PEER_TO_PEER, Option.UNDEFINE_AT_SOURCE));
        domain.migrations().downtime(Duration.ofSeconds(1), LONG);
        domain.migrations().bandwidth(1024 * MIB, LONG);
        migration.await();
        assertThat(lab.ended(migration).outcome()).contains(JobOutcome.COMPLETED);
        assertThat(lab.ended(migration).progress().parameters()).containsKey("downtime");
        assertThat(there.virsh("domstate", "moves")).isEqualTo("running");
        await().until(() -> lab.domains().find("moves").isEmpty());
        there.virsh("destroy", "moves");
    }

    @Test
    void migrate_directlyAndPostCopied_cannotBeTakenBack() throws Exception {
        Domain domain = running("switches", true);
        JobFuture<Void> migration = begin(domain, to(49_162, Option.POST_COPY));
        domain.migrations().startPostCopy(LONG);
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            JobInfo job = lab.control().job(migration.id()).orElseThrow();
            assertThat(job.phase()).as(job.toText() + job.error()).contains("postcopy");
        });
        assertThat(lab.control().abort(migration.id(), Duration.ZERO))
                .isIn(AbortResult.NOT_ABORTABLE, AbortResult.TOO_LATE);
        migration.await();
        assertThat(there.virsh("domstate", "switches")).isEqualTo("running");
        there.virsh("destroy", "switches");
    }
}
