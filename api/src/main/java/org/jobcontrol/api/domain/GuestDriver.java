package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a {@link DomainDriver} does with guests beyond starting, saving and ending them, if it can. Methods are called under the job that is handed over;
 * what returns at once and takes none is called without.
 */
@ConsumerType
public interface GuestDriver {
    /**
     * Asks the guest to shut down; it may take its time, or not do it.
     *
     * @param domain its uuid
     * @param mode whom it is asked through
     * @param job the MODIFY or AGENT_MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void shutdown(UUID domain, ShutdownMode mode, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "shut a domain down");
    }

    /**
     * Asks the guest to reboot.
     *
     * @param domain its uuid
     * @param mode whom it is asked through
     * @param job the MODIFY or AGENT_MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void reboot(UUID domain, ShutdownMode mode, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "reboot a domain");
    }

    /**
     * Resets the domain as its reset button does.
     *
     * @param domain its uuid
     * @param job the MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void reset(UUID domain, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "reset a domain");
    }

    /**
     * Sets how many virtual CPUs the domain has.
     *
     * @param domain its uuid
     * @param count how many, at least 1
     * @param job the MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void setVcpus(UUID domain, int count, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "set the virtual CPUs of a domain");
    }

    /**
     * Attaches a device, such as a disk, to a domain that runs.
     *
     * @param domain its uuid
     * @param device its definition in libvirt's XML
     * @param job the MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void attachDevice(UUID domain, String device, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "attach a device");
    }

    /**
     * Detaches a device. The guest has to let go of it, which may take a while.
     *
     * @param domain its uuid
     * @param device its definition in libvirt's XML
     * @param job the MODIFY job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default void detachDevice(UUID domain, String device, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "detach a device");
    }

    /**
     * Takes a picture of a screen.
     *
     * @param domain its uuid
     * @param screen which, from 0
     * @param job the QUERY job
     * @return the picture
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default Screenshot screenshot(UUID domain, int screen, Job job) throws DomainException {
        throw DomainException.unsupported(domain, "take a picture of a screen");
    }

    /**
     * Gives the agent in the guest a command. A guest can keep it waiting; that holds up nothing
     * but other agent jobs.
     *
     * @param domain its uuid
     * @param command the command in JSON, as {@code {"execute":"guest-ping"}}
     * @param patience how long the agent may take
     * @param job the AGENT_MODIFY job
     * @return its answer in JSON
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     */
    default String agentCommand(UUID domain, String command, Duration patience, Job job)
            throws DomainException {
        throw DomainException.unsupported(domain, "talk to the agent in a guest");
    }

    /**
     * Saves the domain to a file of the hypervisor, from which its next start restores it.
     *
     * @param domain its uuid
     * @param job the SAVE job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; it runs on
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void managedSave(UUID domain, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "save a domain to a file of its own");
    }

    /**
     * Writes the memory of the domain to a core file.
     *
     * @param domain its uuid
     * @param to the file
     * @param options how
     * @param job the DUMP job
     * @throws DomainException if that fails; UNSUPPORTED unless a driver can do it
     * @throws JobAbortedException if the job was asked to abort; the domain is as before
     * @throws InterruptedException if the thread is interrupted; as for an abort
     */
    default void dump(UUID domain, Path to, Set<DumpOption> options, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        throw DomainException.unsupported(domain, "write a core file");
    }

    /**
     * Returns how a domain is defined now.
     *
     * @param domain its uuid
     * @return libvirt's XML
     * @throws DomainException if it cannot be told; UNSUPPORTED unless a driver can do it
     */
    default String definition(UUID domain) throws DomainException {
        throw DomainException.unsupported(domain, "tell how a domain is defined");
    }
}
