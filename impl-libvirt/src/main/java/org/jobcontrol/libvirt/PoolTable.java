package org.jobcontrol.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.libvirt.Virt.PoolPtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of a connection as they were last seen, so that a look at them asks nobody; looked at anew
 * after each event about any of them. As with domains, an older look does not replace a younger. Safe for
 * use by many threads.
 */
final class PoolTable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolTable.class);

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final PoolCalls calls;
    private final CoalescedAction list;
    private final AtomicLong looks = new AtomicLong();
    private volatile All seen = new All(0, Map.of());

    private record All(long look, Map<String, Seen> pools) {}

    private record Seen(PoolSpec spec, PoolInfo info, List<VolumeInfo> volumes) {}

    PoolTable(Hypervisor hypervisor, PoolCalls calls) {
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.calls = calls;
        this.list = new CoalescedAction(hypervisor.threads(), this::lookOrLog);
    }

    List<PoolSpec> list() {
        return seen.pools.values().stream().map(Seen::spec).toList();
    }

    /** Returns a pool as libvirt has it, whatever it was defined with. */
    Optional<PoolSpec> spec(String pool) {
        return Optional.ofNullable(seen.pools.get(pool)).map(Seen::spec);
    }

    Optional<PoolInfo> info(String pool) {
        return Optional.ofNullable(seen.pools.get(pool)).map(Seen::info);
    }

    List<VolumeInfo> volumes(String pool) {
        return Optional.ofNullable(seen.pools.get(pool)).map(Seen::volumes).orElse(List.of());
    }

    /** Looks at all pools some time soon. */
    void lookSoon() {
        list.request();
    }

    private void lookOrLog() {
        try {
            look();
        } catch (LibvirtException e) {
            LOG.debug("the pools of {} are not seen", hypervisor.uri(), e);
        }
    }

    /** Looks at all pools. */
    void look() throws LibvirtException {
        long look = looks.incrementAndGet();
        Map<String, Seen> pools = hypervisor.lanes().call(connection -> {
            PointerByReference array = new PointerByReference();
            int count = libvirt.check(
                    libvirt.virt().virConnectListAllStoragePools(connection, array, 0));
            Map<String, Seen> found = new TreeMap<>();
            for (Pointer pointer : libvirt.take(array.getValue(), count)) {
                PoolPtr pool = new PoolPtr();
                pool.setPointer(pointer);
                try {
                    look(pool, found);
                } finally {
                    libvirt.virt().virStoragePoolFree(pool);
                }
            }
            return found;
        });
        synchronized (looks) {
            if (look > seen.look) {
                seen = new All(look, pools);
            }
        }
    }

    private void look(PoolPtr pool, Map<String, Seen> found) {
        try {
            PoolSpec spec = StorageXml.pool(hypervisor.uri(), calls.definition(pool));
            PoolInfo info = calls.info(pool);
            List<VolumeInfo> volumes =
                    info.state().active() ? calls.volumes(pool) : List.<VolumeInfo>of();
            found.put(spec.name(), new Seen(spec, info, volumes));
        } catch (LibvirtException e) {
            LOG.debug("a pool went away while it was looked at", e);
        } catch (IllegalArgumentException e) {
            LOG.warn("a pool of {} is left out: {}", hypervisor.uri(), e.getMessage());
        }
    }
}
