package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.core.journal.Child;
import org.jobcontrol.core.journal.FileJournal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After a crash of ours another client's jobs are met on our domains, and are left alone. */
@Real
@Timeout(60)
class ForeignRecoveryTest {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private static Daemon here;
    private static Daemon there;

    private Guest guest;
    private String name;

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

    @BeforeEach
    void run() throws Exception {
        // short: the socket of a backup is named after it
        name = "web" + COUNT.incrementAndGet();
        guest = run(here);
    }

    private Guest run(Daemon daemon) throws Exception {
        Guest made = Guest.make(daemon.directory(), name, 32 * MIB, false);
        Path xml =
                Files.writeString(made.file("xml"), made.spec().attributes().get(DomainSpec.XML));
        daemon.virsh("define", xml.toString());
        daemon.virsh("start", name);
        made.awaitFilled();
        return made;
    }

    @AfterEach
    void end() throws Exception {
        here.virsh("destroy", name);
        here.virsh("undefine", name);
    }

    /** Has a process begin something, does more while libvirt runs that, and kills the process. */
    private long interrupt(String what, Path where) throws Exception {
        Process process = Child.start(
                List.of(),
                Interruptible.class,
                here.uri(),
                guest.file("journal").toString(),
                name,
                what,
                where.toString());
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

    private long interruptDump() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            long id = interrupt("dump", pipe.path());
            pipe.drain();
            await().until(() -> here.virsh("domjobinfo", name, "--completed", "--keep-completed")
                    .contains("Dump"));
            return id;
        }
    }

    private JobInfo recover(long id) throws Exception {
        try (FileJournal journal = new FileJournal(guest.file("journal"));
                Lab lab = new Lab(here.uri(), journal, control -> {})) {
            return lab.control().ended(id).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private static void beginBackup(Daemon daemon, String domain, Path scratch) throws Exception {
        Path xml = Files.writeString(
                Path.of(scratch + ".xml"),
                "<domainbackup mode='pull'><server transport='unix' socket='" + scratch
                        + ".socket'/><disks><disk name='vda' backup='yes' type='file'><scratch file='"
                        + scratch + "'/></disk></disks></domainbackup>");
        assertThat(daemon.virsh("backup-begin", domain, xml.toString())).contains("started");
    }

    @Test
    void dumpThatCompleted_besideACopyOfAnother_hasCompleted() throws Exception {
        long id = interruptDump();
        String copy = guest.file("copy").toString();
        here.virsh("blockcopy", name, "vda", copy, "--transient-job", "--bandwidth", "1");
        JobInfo end = recover(id);
        assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.COMPLETED);
        assertThat(here.virsh("blockjob", name, "vda", "--info")).contains("Copy");
    }

    @Test
    void dumpThatCompleted_besideABackupOfAnother_leavesTheBackup() throws Exception {
        long id = interruptDump();
        beginBackup(here, name, guest.file("scratch"));
        JobInfo end = recover(id);
        // libvirt does not tell of the last job while another runs
        assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.ORPHANED);
        assertThat(end.error().orElseThrow())
                .hasMessageContaining("a BACKUP that began at")
                .hasMessageContaining("was left alone");
        assertThat(here.virsh("domjobinfo", name)).contains("Backup");
    }

    @Test
    @Tag("slow")
    void dump_besideALaterDumpOfAnother_leavesThat() throws Exception {
        long id;
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            id = interrupt("dump", pipe.path());
            here.virsh("domjobabort", name);
            pipe.drain();
            await().until(() -> here.virsh("domjobinfo", name).contains("None"));
        }
        // what tells the two apart is when they began
        Instant later = Instant.now().plus(RecordedWork.TOLERANCE);
        await().until(() -> Instant.now().isAfter(later));
        try (Pipe pipe = new Pipe(guest.file("theirs"))) {
            Process virsh = here.virshLater("dump", name, pipe.path().toString());
            pipe.awaitWriter();
            JobInfo end = recover(id);
            assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.ORPHANED);
            assertThat(end.error().orElseThrow()).hasMessageContaining("a DUMP that began at");
            pipe.drain();
            assertThat(virsh.waitFor()).isZero();
        }
    }

    @Test
    void copy_besideALaterCopyOfAnother_leavesThat() throws Exception {
        long id = interrupt("copy", guest.file("ours"));
        here.virsh("blockjob", name, "vda", "--abort");
        String theirs = guest.file("theirs").toString();
        here.virsh("blockcopy", name, "vda", theirs, "--transient-job", "--bandwidth", "1");
        JobInfo end = recover(id);
        assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.ORPHANED);
        assertThat(end.error().orElseThrow())
                .hasMessageContaining("another client's job on vda was left alone");
        assertThat(here.virsh("blockjob", name, "vda", "--info")).contains("Copy");
    }

    @Test
    void backup_besideALaterBackupOfAnother_leavesThat() throws Exception {
        long id = interrupt("backup", guest.file("ours"));
        here.virsh("domjobabort", name);
        await().until(() -> here.virsh("domjobinfo", name).contains("None"));
        beginBackup(here, name, guest.file("theirs"));
        JobInfo end = recover(id);
        assertThat(end.outcome()).as(end.toText()).contains(JobOutcome.ORPHANED);
        assertThat(here.virsh("domjobinfo", name)).contains("Backup");
    }

    @Test
    @Tag("slow")
    void dump_ofADomainWhoseNameAnotherHostHas_waitsForItsOwnHost() throws Exception {
        Guest namesake = run(there);
        long id;
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            id = interrupt("dump", pipe.path());
        }
        beginBackup(there, name, namesake.file("scratch"));
        here.kill();
        try (FileJournal journal = new FileJournal(guest.file("journal"));
                Lab lab = new Lab(there.uri(), journal, control -> {})) {
            await().until(() -> lab.control().job(id).orElseThrow().error().isPresent());
            JobInfo job = lab.control().job(id).orElseThrow();
            assertThat(job.state()).isEqualTo(JobState.RECOVERING);
            assertThat(job.error().orElseThrow())
                    .hasMessageContaining("driver '" + here.uri() + "'");
            assertThat(there.virsh("domjobinfo", name)).contains("Backup");
        } finally {
            here.start();
        }
        assertThat(recover(id).outcome()).contains(JobOutcome.ORPHANED);
        there.virsh("destroy", name);
        there.virsh("undefine", name);
    }
}
