package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import com.sun.jna.Callback.UncaughtExceptionHandler;
import com.sun.jna.Native;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.Domain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A job is taken from its owner while libvirt works for it, and libvirt goes on. */
@Real
@Timeout(60)
class ReleaseTest {
    /** Longer than the waiting thread of a job sleeps before it looks again. */
    private static final Duration SOME_LOOKS = Duration.ofMillis(1500);

    private final Daemon daemon;
    private final Lab lab;
    private Guest guest;
    private Domain domain;

    ReleaseTest(Daemon daemon, Lab lab) {
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

    /** Work under an async job in a thread of its own, and what it threw. */
    private final class Owner {
        private final AsyncJob job;
        private final FutureTask<Throwable> work;

        Owner(DomainOperation operation, Work work) throws Exception {
            AsyncJob begun = domain.jobs().beginAsync(operation);
            this.job = begun;
            this.work = new FutureTask<>(() -> {
                try (begun) {
                    return catchThrowable(() -> work.under(begun));
                }
            });
            new Thread(this.work).start();
        }

        Throwable thrown() throws Exception {
            return work.get(20, TimeUnit.SECONDS);
        }
    }

    private interface Work {
        void under(AsyncJob job) throws Exception;
    }

    private Owner dump(Pipe pipe) throws Exception {
        return new Owner(DomainOperation.DUMP, job -> domain.dump(pipe.path(), Set.of(), job));
    }

    private void release(long job) {
        lab.admin().release(job, "its owner hangs");
    }

    @Test
    void release_ofADump_letsLibvirtFinishIt() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            Owner dump = dump(pipe);
            pipe.awaitWriter();
            release(dump.job.id());
            await().during(SOME_LOOKS)
                    .until(() -> daemon.virsh("domjobinfo", domain.name()).contains("Dump"));
            pipe.drain();
            assertThat(dump.thrown())
                    .isInstanceOf(JobAbortedException.class)
                    .hasMessageContaining("was taken from its owner");
        }
        assertThat(daemon.virsh("domjobinfo", domain.name(), "--completed")).contains("Dump");
    }

    @Test
    void abort_ofTheSuccessor_reachesItAlone() throws Exception {
        try (Pipe first = new Pipe(guest.file("first"));
                Pipe second = new Pipe(guest.file("second"))) {
            Owner released = dump(first);
            first.awaitWriter();
            release(released.job.id());
            long logged = daemon.logged();
            Owner successor = dump(second);
            daemon.awaitLogged(logged, "Waiting for async job");
            lab.control().abort(successor.job.id(), Duration.ZERO);
            first.drain();
            assertThat(released.thrown()).isInstanceOf(JobAbortedException.class);
            second.awaitWriter();
            daemon.awaitLogged(logged, "Stopping job: abort");
            second.drain();
            assertThat(successor.thrown())
                    .isInstanceOf(JobAbortedException.class)
                    .hasMessageContaining("canceled by client");
            assertThat(daemon.virsh("domjobinfo", domain.name(), "--completed")).contains("Dump");
        }
    }

    @Test
    void release_ofAPullBackup_endsItsWaiter() throws Exception {
        UncaughtExceptionHandler before = Native.getCallbackExceptionHandler();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Native.setCallbackExceptionHandler((callback, e) -> thrown.add(e));
        try (Pipe pipe = new Pipe(guest.file("dump"))) {
            BackupSpec spec =
                    new BackupSpec(BackupSpec.Mode.PULL, Map.of("vda", guest.file("scratch")));
            Owner backup =
                    new Owner(DomainOperation.BACKUP, job -> domain.disks().backup(spec, job));
            await().until(() -> daemon.virsh("domjobinfo", domain.name()).contains("Backup"));
            release(backup.job.id());
            assertThat(backup.thrown()).isInstanceOf(JobAbortedException.class);
            assertThat(daemon.virsh("domjobinfo", domain.name())).contains("Backup");

            daemon.virsh("domjobabort", domain.name());
            Owner dump = dump(pipe);
            pipe.awaitWriter();
            await().during(SOME_LOOKS)
                    .until(() -> daemon.virsh("domjobinfo", domain.name()).contains("Dump"));
            pipe.drain();
            assertThat(dump.thrown()).isNull();
            assertThat(thrown).isEmpty();
        } finally {
            Native.setCallbackExceptionHandler(before);
        }
    }

    @Test
    void close_ofAForeignJobThatWasReleased_endsTheOthers() throws Exception {
        Guest other = Guest.make(daemon.directory(), "beside-the-released", 32 * MIB, false);
        Domain second = other.run(lab.domains());
        try (Pipe one = new Pipe(guest.file("save"));
                Pipe two = new Pipe(other.file("save"))) {
            Process virsh = daemon.virshLater("save", domain.name(), one.path().toString());
            Process more = daemon.virshLater("save", second.name(), two.path().toString());
            try (Lab own = new Lab(daemon.uri())) {
                JobInfo released = shown(own, domain);
                JobInfo stays = shown(own, second);
                own.admin().release(released.id(), "it is not needed");
                own.closeConnection();
                assertThat(own.control()
                                .ended(stays.id())
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS)
                                .outcome())
                        .contains(JobOutcome.FAILED);
            }
            one.drain();
            two.drain();
            assertThat(virsh.waitFor()).isZero();
            assertThat(more.waitFor()).isZero();
        }
        await().until(() -> !second.state().active());
        second.undefine(LONG);
    }

    private static JobInfo shown(Lab lab, Domain domain) {
        Domain its = lab.domains().find(domain.name()).orElseThrow();
        await().until(() -> its.jobs().info().async().isPresent());
        return its.jobs().info().async().orElseThrow();
    }

    @Test
    void release_ofAForeignJob_showsItAgainWhileItRuns() throws Exception {
        try (Pipe pipe = new Pipe(guest.file("save"))) {
            Process virsh = daemon.virshLater("save", domain.name(), pipe.path().toString());
            JobInfo released = shown(lab, domain);
            release(released.id());
            await().until(() -> domain.jobs()
                    .info()
                    .async()
                    .filter(job -> job.id() != released.id())
                    .isPresent());
            pipe.drain();
            assertThat(virsh.waitFor()).isZero();
            await().until(() -> domain.jobs().info().async().isEmpty());
        }
    }
}
