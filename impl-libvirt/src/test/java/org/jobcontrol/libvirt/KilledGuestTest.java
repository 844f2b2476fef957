package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.time.Duration;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A guest dies while it is saved into a pipe that nobody reads: libvirt's job stays until the pipe moves. */
@Real
@Timeout(120)
class KilledGuestTest {
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final Daemon daemon;
    private final Lab lab;
    private Guest guest;
    private Domain domain;
    private Pipe pipe;
    private JobFuture<Void> save;

    KilledGuestTest(Daemon daemon, Lab lab) {
        this.daemon = daemon;
        this.lab = lab;
    }

    @BeforeEach
    void beginSave(TestInfo test) throws Exception {
        guest = Guest.make(
                daemon.directory(), test.getTestMethod().orElseThrow().getName(), 64 * MIB, false);
        domain = guest.run(lab.domains());
        pipe = new Pipe(guest.file("save"));
        save = domain.save(pipe.path(), LONG);
        pipe.awaitWriter();
        // bytes are in the pipe, so libvirt's helper waits for its reader
        await().until(() ->
                lab.control().job(save.id()).orElseThrow().progress().memory().processed() > 0);
    }

    @AfterEach
    void end() throws Exception {
        pipe.drain();
        domain.start(LONG).await();
        domain.destroy(LONG);
        domain.undefine(LONG);
    }

    private void killGuest() throws Exception {
        ProcessHandle qemu = daemon.guest(domain.name());
        qemu.destroyForcibly();
        qemu.onExit().join();
        await().until(() -> domain.state() == DomainState.SHUTOFF);
    }

    private String held() {
        return "libvirt (" + daemon.uri() + ") still holds SAVE #" + save.id();
    }

    private void assertStartIsRefused() {
        long begun = System.nanoTime();
        assertThatThrownBy(() -> domain.start(SHORT).await())
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining(held());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SHORT.multipliedBy(3));
    }

    @Test
    void abort_ofASaveWhoseGuestIsDead_endsItsJob() throws Exception {
        killGuest();
        assertThat(lab.control().abort(save.id(), LONG)).isEqualTo(AbortResult.ENDED);
        assertThatThrownBy(save::await)
                .isInstanceOf(JobAbortedException.class)
                .hasMessageContaining(held());
        assertThat(lab.ended(save).outcome()).contains(JobOutcome.ABORTED);
        assertStartIsRefused();
    }

    @Test
    void destroy_ofADomainWhoseGuestIsDead_endsTheSave() throws Exception {
        killGuest();
        assertThatThrownBy(() -> domain.destroy(SHORT))
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_STATE))
                .hasMessageContaining("domain is not running")
                .hasMessageContaining(held());
        assertThatThrownBy(save::await).cause().hasMessageContaining(held());
        assertThat(lab.ended(save).outcome()).contains(JobOutcome.FAILED);
        assertStartIsRefused();
    }

    @Test
    void destroy_duringASaveThatNobodyReads_endsIt() throws Exception {
        assertThatThrownBy(() -> domain.destroy(SHORT))
                .hasMessageContaining("it was destroyed")
                .hasMessageContaining(held());
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThatThrownBy(save::await).cause().hasMessageContaining(held());
        assertStartIsRefused();
    }

    @Test
    void undefine_whileLibvirtHoldsASave_isRefused() throws Exception {
        killGuest();
        lab.admin().release(save.id(), "its guest is dead");
        assertThatThrownBy(() -> domain.undefine(SHORT))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining(held());
    }
}
