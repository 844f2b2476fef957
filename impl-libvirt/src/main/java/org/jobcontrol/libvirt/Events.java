package org.jobcontrol.libvirt;

import com.sun.jna.Callback;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What libvirt tells of a connection, from {@link #register} to {@link #close}. The listener is called
 * on the event loop's thread, so it must not call libvirt, and must not wait.
 */
final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    /** Hears of a connection, of what it wants to. */
    interface Listener {
        /** The other side has closed the connection. */
        default void closed() {}

        /** A domain was defined, undefined, or is in another state; see libvirt for the numbers. */
        default void changed(UUID domain, int event, int detail) {}

        /** A pass over the memory of a domain begins. */
        default void iteration(UUID domain) {}

        /** A job of a domain has ended. */
        default void jobCompleted(UUID domain, Map<String, Object> statistics) {}

        /** A block job has ended, or is ready to. */
        default void blockJob(UUID domain, String disk, int type, int status) {}

        /** Something about the pools is different. */
        default void poolsChanged() {}
    }

    private final Libvirt libvirt;
    private final ConnectPtr connection;

    /** Kept until they are deregistered, as libvirt only has their addresses. */
    private final Virt.Closed closed;

    private final Map<Integer, Callback> ofDomains;
    private final Virt.PoolLifecycle ofPools;
    private final List<Integer> domainIds = new ArrayList<>();
    private final List<Integer> poolIds = new ArrayList<>();

    private Events(Libvirt libvirt, ConnectPtr connection, Listener listener) {
        this.libvirt = libvirt;
        this.connection = connection;
        closed = (c, reason, data) -> listener.closed();
        Virt.Lifecycle lifecycle = (c, domain, event, detail, data) -> {
            listener.changed(uuid(domain), event, detail);
            return 0;
        };
        Virt.BlockJob blockJob = (c, domain, disk, type, status, data) ->
                listener.blockJob(uuid(domain), disk, type, status);
        Virt.Iteration iteration = (c, domain, number, data) -> listener.iteration(uuid(domain));
        Virt.JobCompleted completed = (c, domain, parameters, count, data) ->
                listener.jobCompleted(uuid(domain), TypedParameters.read(parameters, count));
        ofDomains = Map.of(
                Flags.DOMAIN_EVENT_ID_LIFECYCLE, lifecycle,
                Flags.DOMAIN_EVENT_ID_BLOCK_JOB_2, blockJob,
                Flags.DOMAIN_EVENT_ID_MIGRATION_ITERATION, iteration,
                Flags.DOMAIN_EVENT_ID_JOB_COMPLETED, completed);
        ofPools = (c, pool, event, detail, data) -> listener.poolsChanged();
    }

    /** Begins to listen to whatever a connection has to tell. */
    static Events register(Libvirt libvirt, ConnectPtr connection, Listener listener) {
        Events events = new Events(libvirt, connection, listener);
        Virt virt = libvirt.virt();
        events.ofDomains.forEach((id, callback) -> events.note(
                events.domainIds,
                virt.virConnectDomainEventRegisterAny(connection, null, id, callback, null, null)));
        events.note(
                events.poolIds,
                virt.virConnectStoragePoolEventRegisterAny(
                        connection,
                        null,
                        Flags.STORAGE_POOL_EVENT_ID_LIFECYCLE,
                        events.ofPools,
                        null,
                        null));
        // a driver in this process closes nothing, and says that it cannot tell
        events.libvirt
                .virt()
                .virConnectRegisterCloseCallback(connection, events.closed, null, null);
        return events;
    }

    private void note(List<Integer> ids, int id) {
        try {
            ids.add(libvirt.check(id));
        } catch (LibvirtException e) {
            LOG.debug("the hypervisor does not tell of some things", e);
        }
    }

    private UUID uuid(Pointer pointer) {
        DomainPtr domain = new DomainPtr();
        domain.setPointer(pointer);
        byte[] uuid = new byte[Uuids.LENGTH];
        libvirt.virt().virDomainGetUUID(domain, uuid);
        return Uuids.of(uuid);
    }

    @Override
    public void close() {
        Virt virt = libvirt.virt();
        virt.virConnectUnregisterCloseCallback(connection, closed);
        domainIds.forEach(id -> virt.virConnectDomainEventDeregisterAny(connection, id));
        poolIds.forEach(id -> virt.virConnectStoragePoolEventDeregisterAny(connection, id));
    }
}
