package org.jobcontrol.libvirt;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainInfo;
import org.jspecify.annotations.Nullable;

/**
 * Short calls on domains, with failures that name the domain. The caller waits for libvirt's answer; with
 * a limit no longer than that.
 */
final class DomainCalls {
    private final Hypervisor hypervisor;
    private final @Nullable Duration limit;

    DomainCalls(Hypervisor hypervisor) {
        this(hypervisor, null);
    }

    private DomainCalls(Hypervisor hypervisor, @Nullable Duration limit) {
        this.hypervisor = hypervisor;
        this.limit = limit;
    }

    /** Returns calls for each of which the caller waits no longer than a limit. */
    DomainCalls within(Duration longest) {
        return new DomainCalls(hypervisor, longest);
    }

    Libvirt libvirt() {
        return hypervisor.libvirt();
    }

    boolean isQemu() {
        return hypervisor.isQemu();
    }

    String name(UUID domain) {
        return hypervisor.table().name(domain);
    }

    /** Returns the name of a file for libvirt, whose working directory is another than ours. */
    String file(UUID domain, Path file) throws DomainException {
        if (!file.isAbsolute()) {
            throw new DomainException(
                    Reason.BAD_FILE,
                    name(domain),
                    file
                            + " is relative, and libvirt's host knows no directory for it: use the whole"
                            + " path",
                    null);
        }
        return file.toString();
    }

    /** Asks something of a domain. */
    <T> T ask(UUID domain, Lanes.DomainCall<T> call) throws DomainException {
        return onConnection(domain, hypervisor.lanes().on(domain, call));
    }

    /** Changes a domain, and updates the table with how it is then. */
    void change(UUID domain, Lanes.Function function) throws DomainException {
        forgetIfGone(domain, pointer -> {
            try {
                return libvirt().check(function.on(pointer));
            } finally {
                hypervisor.table().refresh(domain, pointer);
            }
        });
    }

    /** Returns how a domain is, and updates the table with that. */
    DomainInfo look(UUID domain) throws DomainException {
        return forgetIfGone(domain, hypervisor.table()::look);
    }

    private <T> T forgetIfGone(UUID domain, Lanes.DomainCall<T> call) throws DomainException {
        try {
            return ask(domain, call);
        } catch (DomainException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                hypervisor.lookSoon(domain);
            }
            throw e;
        }
    }

    /** Asks something of a connection about a domain. */
    <T> T onConnection(UUID domain, Lanes.Call<T> call) throws DomainException {
        return onConnection(domain, name(domain), call);
    }

    /** The same, of a domain that may not be in the table yet. */
    <T> T onConnection(UUID domain, String name, Lanes.Call<T> call) throws DomainException {
        try {
            return limit == null
                    ? hypervisor.lanes().call(call)
                    : hypervisor.lanes().call(call, Deadline.in(limit));
        } catch (LibvirtException e) {
            throw Failures.of(name, e);
        } catch (UnansweredException e) {
            CompletableFuture<?> unused =
                    e.answer().whenComplete((result, failure) -> hypervisor.lookSoon(domain));
            throw Failures.unanswered(name, e);
        }
    }

    /** Calls a function; for work that lasts, whose failures are told apart by who waits for it. */
    void run(UUID domain, Lanes.Function function) throws LibvirtException {
        hypervisor.lanes().run(domain, function);
    }

    /** The same, of a call that has more to it. */
    void call(UUID domain, Lanes.DomainCall<?> call) throws LibvirtException {
        hypervisor.lanes().onDomain(domain, call);
    }
}
