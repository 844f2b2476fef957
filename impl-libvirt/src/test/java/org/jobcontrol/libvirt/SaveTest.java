package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobStats;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A save of a real guest into a pipe: it lasts as long as the test wants. */
@Real
@Timeout(180)
class SaveTest {
    private final Daemon daemon;
    private final Lab lab;

    SaveTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    /** Returns what virsh shows of the job that runs, but for the times. */
    private Map<String, Object> rawStats(String domain) throws Exception {
        Map<String, Object> stats = new TreeMap<>();
        daemon.virsh("domjobinfo", domain, "--rawstats").lines().forEach(line -> {
            String[] parts = line.strip().split(": +", 2);
            if (parts.length == 2 && parts[1].matches("[0-9]+") && !isTime(parts[0])) {
                stats.put(parts[0], Long.valueOf(parts[1]));
            }
        });
        return stats;
    }

    private static Map<String, Object> ourStats(JobInfo job) {
        Map<String, Object> stats = new TreeMap<>();
        JobStats.of(job).parameters().forEach((name, value) -> {
            if (value instanceof Number number && !isTime(name)) {
                stats.put(name, number.longValue());
            }
        });
        return stats;
    }

    private static boolean isTime(String name) {
        return name.startsWith("time_") || name.equals("Job type");
    }

    @Test
    void save_intoAPipe_isWatchedAndAborted() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "web-01", 512 * MIB, false);
        Domain domain = guest.run(lab.domains());
        Pipe pipe = new Pipe(guest.file("save"));

        JobFuture<Void> save = domain.save(pipe.path(), LONG);
        await().until(() ->
                lab.control().job(save.id()).orElseThrow().progress().memory().total()
                        > 512 * MIB / 2);
        await().untilAsserted(
                        () -> assertThat(ourStats(lab.control().job(save.id()).orElseThrow()))
                                .isEqualTo(rawStats("web-01"))
                                .containsEntry("operation", 2L)
                                .containsKeys("memory_processed", "memory_iteration"));

        assertThat(domain.query(Duration.ZERO).state()).isEqualTo(DomainState.PAUSED);
        assertThatThrownBy(() -> domain.setMemory(256 * MIB, Duration.ofMillis(300)))
                .isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(JobRefusedException.Reason.TIMEOUT);
                    assertThat(refusal).hasMessageContaining("held by SAVE #" + save.id());
                });

        assertThat(lab.control().abort(save.id(), Duration.ZERO))
                .isEqualTo(AbortResult.STILL_RUNNING);
        pipe.drain();
        assertThatThrownBy(save::await).isInstanceOf(JobAbortedException.class);
        assertThat(lab.ended(save).outcome()).contains(JobOutcome.ABORTED);
        await().until(() -> domain.state() == DomainState.RUNNING);
        assertThat(daemon.virsh("domstate", "web-01", "--reason"))
                .isEqualTo("running (save canceled)");
    }

    @Test
    void save_intoARelativePath_isRefused() throws Exception {
        Guest guest = Guest.make(daemon.directory(), "relative", 64 * MIB, false);
        Domain domain = guest.run(lab.domains());
        assertThatThrownBy(() -> domain.save(Path.of("web.save"), LONG).await())
                .cause()
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason()).isEqualTo(DomainException.Reason.BAD_FILE))
                .hasMessageContaining("web.save is relative");
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.destroy(LONG);
    }
}
