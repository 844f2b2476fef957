package org.jobcontrol.api.domain;

/** What a domain is doing, in libvirt's terms. */
public enum DomainState {
    /** Not known; the driver is away. */
    NOSTATE,
    /** Its virtual CPUs run. */
    RUNNING,
    /** Its virtual CPUs are stopped. */
    PAUSED,
    /** Its guest is shutting down. */
    SHUTDOWN,
    /** It has no process. */
    SHUTOFF,
    /** It has died. */
    CRASHED;

    /**
     * Returns whether the domain has a process.
     *
     * @return true if there is something that could be killed
     */
    public boolean active() {
        return this == RUNNING || this == PAUSED || this == SHUTDOWN;
    }
}
