package org.jobcontrol.api.domain;

/** How memory is written to a core file. */
public enum DumpOption {
    /** Writes the memory alone, as an ELF core; such a dump cannot be aborted. */
    MEMORY_ONLY,
    /** Lets the guest run meanwhile. */
    LIVE,
    /** Leaves the domain crashed. */
    CRASH,
    /** Resets the domain afterwards. */
    RESET,
    /** Goes past the host's page cache. */
    BYPASS_CACHE
}
