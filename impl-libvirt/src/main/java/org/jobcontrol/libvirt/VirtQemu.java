package org.jobcontrol.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Pointer;

import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.jspecify.annotations.Nullable;

/** The function of libvirt-qemu that is used here. */
interface VirtQemu extends Library {
    /** Waits for the agent's answer for some seconds; -2 is for ever. */
    @Nullable
    Pointer virDomainQemuAgentCommand(DomainPtr domain, String command, int timeout, int flags);
}
