package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.ShutdownMode;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** libvirt's own test driver, inside this process: a hypervisor without async jobs. */
@Timeout(120)
class TestHypervisorTest {
    private static final int MANY = 2_000;
    private static final int BUSY = 100;

    private Lab lab;

    @BeforeEach
    void connect() throws Exception {
        assumeThatCode(Libvirt::load).doesNotThrowAnyException();
        lab = new Lab("test:///default");
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void domain_withoutAsyncJobs_doesTheRest() throws Exception {
        Domain domain = lab.domains().find("test").orElseThrow();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.suspend(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.resume(LONG);
        domain.setMemory(512 * MIB, LONG);
        assertThat(domain.query(LONG).memory()).isEqualTo(512 * MIB);
        domain.destroy(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        domain.start(LONG).await();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.shutdown(ShutdownMode.ACPI, LONG);
        await().until(() -> domain.state() == DomainState.SHUTOFF);
        assertThat(domain.definition()).contains("<name>test</name>");
    }

    @Test
    void asyncJob_ofADomainWithoutThem_isUnsupported() throws Exception {
        Domain domain = lab.domains().find("test").orElseThrow();
        assertThatThrownBy(() -> domain.jobs().beginAsync(DomainOperation.SAVE))
                .isInstanceOfSatisfying(JobRefusedException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
                    assertThat(refusal)
                            .hasMessageContaining("domain test")
                            .hasMessageContaining("SYNC_ONLY");
                });
        assertThatThrownBy(() -> domain.save(Path.of("/nowhere"), LONG).await())
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED));
    }

    @Test
    void failure_ofLibvirt_hasItsCode() throws Exception {
        Domain domain = lab.domains().find("test").orElseThrow();
        assertThatThrownBy(() -> domain.resume(LONG))
                .isInstanceOfSatisfying(DomainException.class, e -> {
                    assertThat(e.reason()).isEqualTo(DomainException.Reason.FAILED);
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(LibvirtException.class, cause -> {
                                assertThat(cause.code()).isEqualTo(1);
                                assertThat(cause.origin()).isEqualTo(12);
                                assertThat(cause.text()).contains("not paused");
                            });
                });
    }

    @Test
    void definition_thatDisagrees_isRefused() {
        DomainSpec spec = new DomainSpec(
                "one",
                UUID.randomUUID(),
                MIB,
                1,
                Map.of(DomainSpec.XML, "<domain type='test'><name>two</name></domain>"));
        assertThatThrownBy(() -> lab.domains().define(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("domain one: its XML is of a domain 'two'");
        DomainSpec hostile = new DomainSpec(
                "one",
                UUID.randomUUID(),
                MIB,
                1,
                Map.of(
                        DomainSpec.XML,
                        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x/>"));
        assertThatThrownBy(() -> lab.domains().define(hostile))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DOCTYPE");
    }

    @Test
    void pool_ofTheTestDriver_isLikeAnyOther() throws Exception {
        StoragePool pool = lab.pools().find("default-pool").orElseThrow();
        assertThat(pool.state()).isEqualTo(PoolState.ACTIVE);
        pool.create(VolumeSpec.sparse("one", MIB), LONG).await();
        assertThat(pool.volume("one")).isPresent();
        pool.volume("one").orElseThrow().cloneTo(pool, "two", LONG).await();
        assertThat(pool.query(LONG).capacity()).isPositive();
        pool.volume("two").orElseThrow().delete(LONG);
        assertThatThrownBy(() ->
                        pool.volume("one").orElseThrow().resize(2 * MIB, LONG).await())
                .hasMessageContaining("not supported");
        assertThatThrownBy(() -> lab.pools()
                        .define(new PoolSpec(
                                "p",
                                "test:///default",
                                Path.of("/x"),
                                Map.of(PoolSpec.XML, "<pool type='dir'><name>q</name></pool>"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pool p: its XML is of a pool 'q'");
    }

    @Test
    void statistics_ofThousandsWhileSomeAreBusy_waitForNobody() throws Exception {
        List<Domain> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(lab.domains().define(DomainSpec.of("vm-%04d".formatted(i), 64 * MIB)));
        }
        List<Job> busy = new ArrayList<>();
        for (Domain domain : all.subList(0, BUSY)) {
            Job job = domain.jobs().begin(JobType.MODIFY, "busy", LONG);
            job.detach();
            busy.add(job);
        }
        Instant before = Instant.now();
        Map<String, DomainStatistics> seen =
                lab.domains().statistics(Set.of(StatisticsGroup.STATE, StatisticsGroup.VCPU));

        assertThat(seen).hasSizeGreaterThanOrEqualTo(MANY);
        assertThat(seen.values().stream().filter(its -> its.asOf().isBefore(before)))
                .hasSize(BUSY);
        assertThat(seen.get("vm-1999").values()).containsEntry("state.state", 5);
        busy.forEach(Job::close);
    }
}
