package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * libvirt's own engine, read from its log while many threads use one domain through us: whoever would
 * have to wait there, or would be refused, has waited or was refused here.
 */
@Real
@Timeout(180)
class DaemonLogTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 12;

    private final Daemon daemon;
    private final Lab lab;

    DaemonLogTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @Test
    void log_whileManyUseADomain_tellsOfNoWait() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "busy", 128 * MIB, false);
        Domain domain = guest.run(lab.domains());
        long from = daemon.logged();

        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int its = i;
                all.add(threads.submit((Callable<Void>) () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        use(domain, guest, its, round);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        EngineLog log = EngineLog.of("busy", daemon.log(from));
        assertThat(log.asyncJobs()).contains("dump", "backup");
        assertThat(log.trouble()).as(log.waits() + " met libvirt's own steps").isEmpty();
        domain.destroy(LONG);
        domain.undefine(LONG);
    }

    private void use(Domain domain, Guest guest, int thread, int round) throws Exception {
        switch (thread) {
            case 0 -> domain.dump(guest.file("dump" + round), Set.of(), LONG).await();
            case 1 -> domain.screenshot(0, LONG);
            case 2 -> domain.reset(LONG);
            case 3 -> domain.setMemory((64 + round) * MIB, LONG);
            case 4 -> backup(domain, guest, round);
            case 5 -> look(domain);
            default -> domain.statistics(EnumSet.allOf(StatisticsGroup.class), LONG);
        }
    }

    private static void backup(Domain domain, Guest guest, int round) throws Exception {
        JobFuture<Void> backup = domain.disks()
                .backup(
                        new BackupSpec(
                                BackupSpec.Mode.PUSH, Map.of("vda", guest.file("backup" + round))),
                        LONG);
        backup.await();
    }

    private void look(Domain domain) throws InterruptedException {
        lab.control().objects();
        domain.jobs().info().async().ifPresent(job -> lab.control().job(job.id()));
        try {
            domain.setVcpus(1, Duration.ZERO);
        } catch (JobRefusedException e) {
            assertThat(e.blockers()).isNotEmpty();
        } catch (DomainException e) {
            assertThat(e).hasMessageContaining("vcpu");
        }
    }
}
