package org.jobcontrol.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.PoolPtr;
import org.jobcontrol.libvirt.Virt.VolumePtr;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls on pools and volumes in the caller's thread, with failures that name them. */
final class PoolCalls {
    private static final Logger LOG = LoggerFactory.getLogger(PoolCalls.class);

    private static final int POOL_INFO_SIZE = 32;
    private static final int VOLUME_INFO_SIZE = 24;

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final Virt virt;

    /** A call on a pool. */
    interface PoolCall<T> {
        T on(PoolPtr pool) throws LibvirtException;
    }

    /** A call on a volume. */
    interface VolumeCall<T> {
        T on(VolumePtr volume) throws LibvirtException;
    }

    PoolCalls(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
    }

    /** Calls on a pool. */
    <T> T onPool(PoolSpec pool, PoolCall<T> call) throws StorageException {
        return named(pool, null, () -> hypervisor.lanes().call(c -> onPool(c, pool.name(), call)));
    }

    /** Calls on a volume. */
    <T> T onVolume(PoolSpec pool, String volume, VolumeCall<T> call) throws StorageException {
        return named(
                pool,
                volume,
                () -> hypervisor
                        .lanes()
                        .call(connection -> onVolume(connection, pool.name(), volume, call)));
    }

    <T> T onPool(ConnectPtr connection, String name, PoolCall<T> call) throws LibvirtException {
        PoolPtr pool = libvirt.check(virt.virStoragePoolLookupByName(connection, name));
        try {
            return call.on(pool);
        } finally {
            virt.virStoragePoolFree(pool);
        }
    }

    <T> T onVolume(ConnectPtr connection, String pool, String name, VolumeCall<T> call)
            throws LibvirtException {
        return onPool(connection, pool, pointer -> {
            VolumePtr volume = libvirt.check(virt.virStorageVolLookupByName(pointer, name));
            try {
                return call.on(volume);
            } finally {
                virt.virStorageVolFree(volume);
            }
        });
    }

    /** What may fail as libvirt does. */
    interface Named<T> {
        T call() throws LibvirtException;
    }

    static <T> T named(PoolSpec pool, @Nullable String volume, Named<T> call)
            throws StorageException {
        try {
            return call.call();
        } catch (LibvirtException e) {
            throw Failures.of(pool.name(), volume, e);
        }
    }

    // ---- what is read ---------------------------------------------------------------------------

    PoolInfo info(PoolPtr pool) throws LibvirtException {
        try (Memory info = new Memory(POOL_INFO_SIZE)) {
            libvirt.check(virt.virStoragePoolGetInfo(pool, info));
            boolean active = info.getInt(0) >= Flags.STORAGE_POOL_RUNNING;
            return new PoolInfo(
                    active ? PoolState.ACTIVE : PoolState.INACTIVE,
                    info.getLong(Long.BYTES),
                    info.getLong(2L * Long.BYTES),
                    info.getLong(3L * Long.BYTES),
                    Instant.now());
        }
    }

    String definition(PoolPtr pool) throws LibvirtException {
        return libvirt.take(virt.virStoragePoolGetXMLDesc(pool, 0));
    }

    String definition(VolumePtr volume) throws LibvirtException {
        return libvirt.take(virt.virStorageVolGetXMLDesc(volume, 0));
    }

    VolumeInfo info(VolumePtr volume) throws LibvirtException {
        try (Memory info = new Memory(VOLUME_INFO_SIZE)) {
            libvirt.check(virt.virStorageVolGetInfo(volume, info));
            return StorageXml.volume(
                    definition(volume), info.getLong(Long.BYTES), info.getLong(2L * Long.BYTES));
        }
    }

    /** Returns the volumes whose names are allowed here. */
    List<VolumeInfo> volumes(PoolPtr pool) throws LibvirtException {
        return ofVolumes(pool, this::info);
    }

    /** Returns the definitions of all volumes. */
    List<String> definitions(PoolPtr pool) throws LibvirtException {
        return ofVolumes(pool, this::definition);
    }

    private <T> List<T> ofVolumes(PoolPtr pool, VolumeCall<T> call) throws LibvirtException {
        PointerByReference array = new PointerByReference();
        int count = libvirt.check(virt.virStoragePoolListAllVolumes(pool, array, 0));
        List<T> found = new ArrayList<>();
        for (Pointer pointer : libvirt.take(array.getValue(), count)) {
            VolumePtr volume = new VolumePtr();
            volume.setPointer(pointer);
            try {
                found.add(call.on(volume));
            } catch (LibvirtException e) {
                LOG.debug("a volume went away while it was looked at", e);
            } finally {
                virt.virStorageVolFree(volume);
            }
        }
        return found;
    }
}
