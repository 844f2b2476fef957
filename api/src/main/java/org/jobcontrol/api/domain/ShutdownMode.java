package org.jobcontrol.api.domain;

/** Whom a guest is asked through to shut down or to reboot. */
public enum ShutdownMode {
    /** Its power button, under a MODIFY job. A guest may ignore it. */
    ACPI,
    /** The agent in the guest, under an AGENT_MODIFY job, beside any other. */
    AGENT
}
