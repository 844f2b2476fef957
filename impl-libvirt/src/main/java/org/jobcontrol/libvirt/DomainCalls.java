package org.jobcontrol.libvirt;

import java.util.UUID;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;

/** Short calls on domains in the caller's thread, with failures that name the domain. */
final class DomainCalls {
    private final Hypervisor hypervisor;

    DomainCalls(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
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

    /** Asks something of a domain. */
    <T> T ask(UUID domain, Lanes.DomainCall<T> call) throws DomainException {
        try {
            return hypervisor.lanes().onDomain(domain, call);
        } catch (LibvirtException e) {
            throw Failures.of(name(domain), e);
        }
    }

    /** Changes a domain, and looks what has become of it. */
    void change(UUID domain, Lanes.Function function) throws DomainException {
        try {
            hypervisor.lanes().run(domain, function);
        } catch (LibvirtException e) {
            throw Failures.of(name(domain), e);
        } finally {
            look(domain);
        }
    }

    /** Asks something of a connection about a domain. */
    <T> T onConnection(UUID domain, Lanes.Call<T> call) throws DomainException {
        try {
            return hypervisor.lanes().call(call);
        } catch (LibvirtException e) {
            throw Failures.of(name(domain), e);
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

    private void look(UUID domain) {
        try {
            hypervisor.table().look(domain);
        } catch (LibvirtException e) {
            // it is gone, or the connection is: the next operation says so
            hypervisor.lookSoon(domain);
        }
    }
}
