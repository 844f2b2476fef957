package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.core.journal.Child;
import org.jobcontrol.core.journal.FileJournal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process of ours is killed while libvirt works for it, and another goes on where it was. */
@Tag("slow")
@Real
@Timeout(120)
class RecoveryTest {
    private static Daemon here;
    private static Daemon there;

    @BeforeAll
    static void start() throws Exception {
        here = Daemon.start("host-r");
        there = Daemon.start("host-s");
    }

    @AfterAll
    static void stop() throws Exception {
        here.close();
        there.close();
    }

    private static Path file(String name) {
        return here.directory().resolve(name);
    }

    private static void run(String name, boolean again) throws Exception {
        try (Lab lab = new Lab(here.uri())) {
            Guest.make(here.directory(), name, 256 * MIB, again).run(lab.domains());
        }
    }

    /** Has a process begin something on a domain, kills it while libvirt runs that; the job's id. */
    private static long interrupt(String name, String what, String where) throws Exception {
        Process process = Child.start(
                List.of(),
                Interruptible.class,
                here.uri(),
                file(name + ".journal").toString(),
                name,
                what,
                where);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            assertThat(line).startsWith("begun ");
            await().until(() -> !here.virsh("domjobinfo", name).contains("None")
                    || here.virsh("blockjob", name, "vda", "--info").contains("Copy"));
            process.toHandle().destroyForcibly();
            assertThat(process.waitFor()).isEqualTo(137);
            return Long.parseLong(line.split(" ", -1)[1]);
        }
    }

    private static FileJournal journal(String name) throws Exception {
        return new FileJournal(file(name + ".journal"));
    }

    private static Lab again(FileJournal journal) throws Exception {
        return new Lab(here.uri(), journal, control -> {});
    }

    private static JobInfo ended(Lab lab, long id) {
        return lab.control().ended(id).toCompletableFuture().join();
    }

    private static void assertRunsAndTakesJobs(Lab lab, String name) throws Exception {
        Domain domain = lab.domains().find(name).orElseThrow();
        await().until(() -> domain.state() == DomainState.RUNNING);
        domain.setMemory(128 * MIB, LONG);
        domain.destroy(LONG);
    }

    @Test
    void save_isCancelled_andTheGuestRuns() throws Exception {
        run("saved", false);
        try (Pipe pipe = new Pipe(file("saved.save"))) {
            long id = interrupt("saved", "save", pipe.path().toString());
            pipe.awaitWriter();
            try (FileJournal journal = journal("saved");
                    Lab lab = again(journal)) {
                assertThat(lab.control().job(id).orElseThrow().state())
                        .isEqualTo(JobState.RECOVERING);
                pipe.drain();
                JobInfo end = ended(lab, id);
                assertThat(end.outcome()).contains(JobOutcome.ABORTED);
                assertThat(end.error().orElseThrow()).hasMessageContaining("it was cancelled");
                assertRunsAndTakesJobs(lab, "saved");
            }
        }
    }

    @Test
    void backup_goesOnAsTheSameJob_sinceItsRealStart() throws Exception {
        run("copied", false);
        Instant before = Instant.now();
        long id = interrupt("copied", "backup", file("copied.scratch").toString());
        Instant killed = Instant.now();
        try (FileJournal journal = journal("copied");
                Lab lab = again(journal)) {
            await().until(() -> lab.control().job(id).orElseThrow().state() == JobState.RUNNING);
            JobInfo job = lab.control().job(id).orElseThrow();
            assertThat(job.operation()).isEqualTo("BACKUP");
            assertThat(job.started().orElseThrow()).isBetween(before, killed);
            Domain domain = lab.domains().find("copied").orElseThrow();
            assertThat(domain.jobs().info().async()).map(JobInfo::id).contains(id);
            domain.query(LONG);
            assertThat(lab.control().abort(id, LONG)).isEqualTo(AbortResult.ENDED);
            assertThat(ended(lab, id).outcome()).contains(JobOutcome.COMPLETED);
            assertThat(here.virsh("domjobinfo", "copied")).contains("None");
            assertRunsAndTakesJobs(lab, "copied");
        }
    }

    @Test
    void backup_overMeanwhile_hasCompleted() throws Exception {
        run("over", false);
        long id = interrupt("over", "backup", file("over.scratch").toString());
        here.virsh("domjobabort", "over");
        await().until(() -> here.virsh("domjobinfo", "over").contains("None"));
        try (FileJournal journal = journal("over");
                Lab lab = again(journal)) {
            assertThat(ended(lab, id).outcome()).contains(JobOutcome.COMPLETED);
            assertRunsAndTakesJobs(lab, "over");
        }
    }

    @Test
    void copy_isCancelled_andTheGuestKeepsItsDisk() throws Exception {
        run("mirrored", false);
        long id = interrupt("mirrored", "copy", file("mirrored.copy").toString());
        try (FileJournal journal = journal("mirrored");
                Lab lab = again(journal)) {
            JobInfo end = ended(lab, id);
            assertThat(end.outcome()).contains(JobOutcome.ABORTED);
            assertThat(end.error().orElseThrow())
                    .hasMessageContaining("the job on vda was cancelled");
            assertThat(here.virsh("blockjob", "mirrored", "vda", "--info")).isEmpty();
            assertThat(here.virsh("domblklist", "mirrored")).contains("mirrored.raw");
            assertRunsAndTakesJobs(lab, "mirrored");
        }
    }

    @Test
    void migration_beforeTheSwitch_isCancelled() throws Exception {
        run("stays", false);
        here.virsh("migrate-setspeed", "stays", "8");
        long id = interrupt("stays", "migration", there.uri());
        try (FileJournal journal = journal("stays");
                Lab lab = again(journal)) {
            JobInfo end = ended(lab, id);
            assertThat(end.outcome()).contains(JobOutcome.ABORTED);
            assertThat(end.error().orElseThrow()).hasMessageEndingWith("it was cancelled");
            assertThat(there.virsh("list", "--all", "--name")).doesNotContain("stays");
            assertRunsAndTakesJobs(lab, "stays");
        }
    }

    @Test
    void migration_afterTheSwitch_isFollowedToItsEnd() throws Exception {
        run("moves", true);
        here.virsh("migrate-setspeed", "moves", "8");
        here.virsh("migrate-setspeed", "--postcopy", "moves", "48");
        long id = interrupt("moves", "post-copy", there.uri());
        try (FileJournal journal = journal("moves");
                Lab lab = again(journal)) {
            JobInfo end = ended(lab, id);
            assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.COMPLETED);
            assertThat(there.virsh("domstate", "moves")).isEqualTo("running");
            there.virsh("destroy", "moves");
        }
    }
}
