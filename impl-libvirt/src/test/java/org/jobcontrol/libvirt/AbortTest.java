package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.spi.TargetAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** An abort reaches the job that was meant, and leaves what libvirt runs for another job alone. */
@Real
@Timeout(60)
class AbortTest {
    private static final long BUNDLE = 77;

    private final Daemon daemon;
    private final Lab lab;
    private Guest guest;
    private Domain domain;

    AbortTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @BeforeEach
    void run(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        guest = Guest.make(daemon.directory(), name, 32 * MIB, false);
        domain = guest.run(lab.domains());
    }

    @AfterEach
    void end() throws Exception {
        if (domain.state().active()) {
            domain.destroy(LONG);
        }
        domain.undefine(LONG);
    }

    /** Something that runs while libvirt dumps a domain, and that aborts another job. */
    private interface Beside {
        void abort() throws Exception;
    }

    /** Dumps into a pipe that nobody reads yet, and expects that the dump is whole in the end. */
    private void assertDumpCompletesBeside(Beside beside) throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            JobFuture<Void> dump = domain.dump(pipe.path(), Set.of(), LONG);
            pipe.awaitWriter();
            await().until(() -> domain.jobs().explain(JobType.QUERY).admissible());
            beside.abort();
            pipe.drain();
            dump.await();
            assertThat(lab.ended(dump).outcome()).contains(JobOutcome.COMPLETED);
        }
    }

    private void abortWhileHeld(JobType type, String operation, JobControl control)
            throws Exception {
        Domain its = lab.domains(control).find(domain.name()).orElseThrow();
        try (Job job = its.jobs().begin(type, operation, LONG)) {
            assertThat(lab.control().abort(job.id(), Duration.ZERO))
                    .isEqualTo(AbortResult.STILL_RUNNING);
        }
    }

    @Test
    void abort_ofAQuery_leavesTheDump() throws Exception {
        assertDumpCompletesBeside(
                () -> abortWhileHeld(JobType.QUERY, "domain.query", lab.control()));
    }

    @Test
    void abort_ofAnAgentJob_leavesTheDump() throws Exception {
        assertDumpCompletesBeside(
                () -> abortWhileHeld(JobType.AGENT_MODIFY, "domain.agentCommand", lab.control()));
    }

    @Test
    void abort_ofALook_leavesTheDump() throws Exception {
        JobControl driver = lab.control("org.jobcontrol.libvirt", BUNDLE + 1);
        assertDumpCompletesBeside(() -> abortWhileHeld(JobType.QUERY, TargetAdapter.LOOK, driver));
    }

    @Test
    void abort_ofTheJobObject_leavesTheDump() throws Exception {
        assertDumpCompletesBeside(() -> {
            try (Job query = domain.jobs().begin(JobType.QUERY, "domain.query", LONG)) {
                domain.jobs().abort(Duration.ZERO);
                assertThat(query.abortRequested()).isTrue();
            }
        });
    }

    @Test
    void abort_byTheStopOfABundle_leavesTheDump() throws Exception {
        JobControl user = lab.control("com.acme.user", BUNDLE);
        assertDumpCompletesBeside(() -> {
            Domain its = lab.domains(user).find(domain.name()).orElseThrow();
            try (Job query = its.jobs().begin(JobType.QUERY, "domain.query", LONG)) {
                lab.stopped(BUNDLE);
                assertThat(query.abortRequested()).isTrue();
            }
        });
    }

    @Test
    void abort_ofAModify_leavesThePullBackup() throws Exception {
        Path scratch = guest.file("scratch");
        JobFuture<Void> backup = domain.disks()
                .backup(new BackupSpec(BackupSpec.Mode.PULL, Map.of("vda", scratch)), LONG);
        await().until(() -> domain.jobs().explain(JobType.MODIFY).admissible());
        abortWhileHeld(JobType.MODIFY, "domain.setMemory", lab.control());
        assertThat(daemon.virsh("domjobinfo", domain.name())).contains("Backup");
        assertThat(backup.toCompletableFuture()).isNotDone();
        assertThat(lab.control().abort(backup.id(), LONG)).isEqualTo(AbortResult.ENDED);
        assertThat(daemon.virsh("domjobinfo", domain.name())).contains("None");
    }

    @Test
    void abort_ofAQuery_leavesTheSaveOfAnotherClient() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("save"))) {
            Process virsh = daemon.virshLater("save", domain.name(), pipe.path().toString());
            pipe.awaitWriter();
            await().until(() -> domain.jobs().info().async().isPresent());
            JobInfo save = domain.jobs().info().async().orElseThrow();
            abortWhileHeld(JobType.QUERY, "domain.query", lab.control());
            pipe.drain();
            assertThat(virsh.waitFor()).isZero();
            assertThat(lab.control()
                            .ended(save.id())
                            .toCompletableFuture()
                            .join()
                            .outcome())
                    .contains(JobOutcome.COMPLETED);
        }
        await().until(() -> domain.state() == DomainState.SHUTOFF);
    }

    @Test
    void abort_ofTheDump_endsIt() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            JobFuture<Void> dump = domain.dump(pipe.path(), Set.of(), LONG);
            pipe.awaitWriter();
            long logged = daemon.logged();
            assertThat(lab.control().abort(dump.id(), Duration.ZERO))
                    .isEqualTo(AbortResult.STILL_RUNNING);
            daemon.awaitLogged(logged, "Stopping job: abort");
            pipe.drain();
            assertThatThrownBy(dump::await).isInstanceOf(JobAbortedException.class);
        }
        await().until(() -> domain.state() == DomainState.RUNNING);
    }
}
