package org.jobcontrol.api.spi;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A configured connection to a hypervisor that is not there now: a service, registered by the bundle that
 * connects, from its start until its drivers are registered, and again while they are away.
 *
 * <p>While there is one, what names no driver is not defined by a built-in driver, which has a negative
 * service ranking: it was meant for the hypervisor.
 */
@ConsumerType
@FunctionalInterface
public interface PendingConnection {
    /**
     * Returns what people call the connection.
     *
     * @return the name that its drivers will have, such as a URI
     */
    String name();
}
