package org.jobcontrol.libvirt;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.LibvirtException;

/**
 * Jobs of ours that libvirt holds although their guest is dead: a save or a dump does not return before the
 * file that it writes to has taken its last bytes, which a pipe that nobody reads never does. Whatever needs
 * a job on that domain waits in libvirt until then. Safe for use by many threads.
 */
final class HeldJobs {
    /** How long libvirt is given to end the work of a guest that has died. */
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private static final Duration TICK = Duration.ofMillis(250);

    private final Hypervisor hypervisor;
    private final RunningJobs running;

    HeldJobs(Hypervisor hypervisor, RunningJobs running) {
        this.hypervisor = hypervisor;
        this.running = running;
    }

    /** Returns whether a domain was last seen with a guest. */
    boolean hasGuest(UUID domain) {
        return hypervisor
                .table()
                .info(domain)
                .filter(info -> info.state().active())
                .isPresent();
    }

    /**
     * Ends the job of a call whose guest is dead, unless the call returns in a moment.
     *
     * @param answer what libvirt has said when it was asked about the call's work
     */
    void giveUpIfDead(RunningCall call, LibvirtException answer) {
        boolean dead = answer.code() == Flags.ERR_OPERATION_INVALID
                || answer.code() == Flags.ERR_NO_DOMAIN;
        if (dead && call.guestRan) {
            giveUp(call, Deadline.in(MOMENT));
        }
    }

    /**
     * Ends the jobs of a domain whose guest is dead, except those whose calls return in a moment.
     *
     * @return what libvirt still holds
     */
    Optional<String> giveUp(UUID domain) {
        Deadline deadline = Deadline.in(MOMENT);
        return running.calls(domain).stream()
                .filter(call -> call.guestRan && giveUp(call, deadline))
                .map(this::text)
                .reduce((first, second) -> first + "; " + second);
    }

    /** Returns whether a call has not returned by a deadline, so that it was given up. */
    private boolean giveUp(RunningCall call, Deadline deadline) {
        try {
            if (call.awaitReturned(deadline)) {
                return false;
            }
            call.giveUp(text(call));
            return true;
        } catch (InterruptedException e) {
            // nothing was given up yet, and the caller is told of the interrupt later
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String text(RunningCall call) {
        return "libvirt (" + hypervisor.uri() + ") still holds " + call.operation + " #"
                + call.job.id()
                + " of the dead guest, until the file or pipe that it writes to takes its last"
                + " bytes or is closed";
    }

    /**
     * Waits until libvirt holds no job of ours that has ended here.
     *
     * @return what it still holds at the deadline
     */
    Optional<String> await(UUID domain, Deadline deadline) throws InterruptedException {
        for (RunningCall call : held(domain)) {
            if (!call.awaitReturned(deadline)) {
                return Optional.of(text(call));
            }
        }
        return Optional.empty();
    }

    /** The same, under an async job that may be aborted meanwhile. */
    Optional<String> await(UUID domain, AsyncJob job, Deadline deadline)
            throws JobAbortedException, InterruptedException {
        Optional<String> held = await(domain, Deadline.in(TICK));
        while (held.isPresent() && deadline.left() > 0) {
            job.checkpoint();
            held = await(domain, Deadline.in(TICK));
        }
        return held;
    }

    private List<RunningCall> held(UUID domain) {
        return hasGuest(domain)
                ? List.of()
                : running.calls(domain).stream()
                        .filter(call -> call.guestRan && RunningCall.hasEnded(call.job))
                        .toList();
    }
}
