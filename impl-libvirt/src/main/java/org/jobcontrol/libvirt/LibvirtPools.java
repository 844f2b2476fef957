package org.jobcontrol.libvirt;

import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.libvirt.Virt.PoolPtr;

/**
 * The driver for the pools of one connection. Pools are libvirt's; the bytes of volumes are moved by it
 * ({@link RemoteVolumes}), or by the driver for local directories where both see the same one ({@link
 * LocalVolumes}), which reports progress and can be aborted.
 */
final class LibvirtPools implements StorageDriver {
    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final Virt virt;
    private final PoolCalls calls;
    private final PoolTable table;
    private final VolumeMarks marks;
    private final RemoteVolumes remote;
    private final LocalVolumes local;

    /** What is done with a pool. */
    private interface Function {
        int on(PoolPtr pool);
    }

    /**
     * Makes a driver, and looks at the pools there are.
     *
     * @param directories finds the driver for local directories
     * @param marks which volumes hold only a part of what was to be written
     * @throws LibvirtException if they cannot be seen; some hypervisors have none
     */
    LibvirtPools(Hypervisor hypervisor, LocalVolumes.Directories directories, VolumeMarks marks)
            throws LibvirtException {
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
        this.calls = new PoolCalls(hypervisor);
        this.table = new PoolTable(hypervisor, calls);
        this.remote = new RemoteVolumes(hypervisor, calls, marks);
        this.marks = marks;
        this.local = new LocalVolumes(hypervisor, calls, table, directories);
        hypervisor.listen(new Events.Listener() {
            @Override
            public void poolsChanged() {
                table.lookSoon();
            }
        });
        table.look();
    }

    @Override
    public String type() {
        return hypervisor.uri();
    }

    // ---- pools ----------------------------------------------------------------------------------

    @Override
    public List<PoolSpec> list() {
        return table.list();
    }

    @Override
    public Optional<PoolInfo> info(PoolSpec pool) {
        return table.info(pool.name());
    }

    @Override
    public List<VolumeInfo> volumes(PoolSpec pool) {
        return marked(pool, table.volumes(pool.name()));
    }

    @Override
    public void define(PoolSpec pool) throws StorageException {
        if (table.info(pool.name()).isPresent()) {
            throw new StorageException(Reason.EXISTS, pool.name(), null, "exists already", null);
        }
        String xml = StorageXml.of(pool);
        PoolCalls.named(
                pool,
                null,
                () -> hypervisor.lanes().call(connection -> {
                    PoolPtr defined =
                            libvirt.check(virt.virStoragePoolDefineXML(connection, xml, 0));
                    return virt.virStoragePoolFree(defined);
                }));
        look(pool);
    }

    @Override
    public void undefine(PoolSpec pool, Job job) throws StorageException {
        change(pool, virt::virStoragePoolUndefine);
    }

    @Override
    public void build(PoolSpec pool, AsyncJob job) throws StorageException {
        job.abortable(false);
        change(pool, pointer -> virt.virStoragePoolBuild(pointer, Flags.STORAGE_POOL_BUILD_NEW));
    }

    @Override
    public void delete(PoolSpec pool, Job job) throws StorageException {
        change(pool, pointer -> virt.virStoragePoolDelete(pointer, 0));
    }

    @Override
    public void start(PoolSpec pool, AsyncJob job) throws StorageException {
        job.abortable(false);
        change(
                pool,
                pointer -> virt.virStoragePoolIsActive(pointer) == 1
                        ? 0
                        : virt.virStoragePoolCreate(pointer, 0));
    }

    @Override
    public void stop(PoolSpec pool, Job job) throws StorageException {
        change(pool, virt::virStoragePoolDestroy);
    }

    @Override
    public PoolInfo query(PoolSpec pool, Job job) throws StorageException {
        return calls.onPool(pool, calls::info);
    }

    @Override
    public List<VolumeInfo> scan(PoolSpec pool, AsyncJob job)
            throws StorageException, InterruptedException {
        local.refresh(pool);
        return local.described(pool, marked(pool, calls.onPool(pool, calls::volumes)), job);
    }

    /** Returns volumes with their marks; those of local directories have their own. */
    private List<VolumeInfo> marked(PoolSpec pool, List<VolumeInfo> volumes) {
        return local.serves(pool)
                ? volumes
                : volumes.stream()
                        .map(volume -> marks.marked(pool.name(), volume))
                        .toList();
    }

    private void change(PoolSpec pool, Function function) throws StorageException {
        try {
            calls.onPool(pool, pointer -> libvirt.check(function.on(pointer)));
        } finally {
            look(pool);
        }
    }

    private void look(PoolSpec pool) throws StorageException {
        PoolCalls.named(pool, null, () -> {
            table.look();
            return pool;
        });
    }

    // ---- volumes --------------------------------------------------------------------------------

    @Override
    public VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        return local.serves(pool)
                ? local.create(pool, volume, job)
                : remote.create(pool, volume, job);
    }

    @Override
    public VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        return local.serves(from) && local.serves(to)
                ? local.copy(from, source, to, copy, job)
                : remote.copy(from, source, to, copy, job);
    }

    @Override
    public void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        if (local.serves(pool)) {
            local.wipe(pool, volume, algorithm, job);
        } else {
            remote.wipe(pool, volume, algorithm, job);
        }
    }

    @Override
    public VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        return local.serves(pool)
                ? local.resize(pool, volume, capacity, job)
                : remote.resize(pool, volume, capacity, job);
    }

    @Override
    public VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        return local.serves(pool)
                ? local.openSink(pool, volume, offset, job)
                : remote.openSink(pool, volume, offset);
    }

    @Override
    public ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        return local.serves(pool)
                ? local.openSource(pool, volume, offset, job)
                : remote.openSource(pool, volume, offset);
    }

    @Override
    public void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        checkNoOverlays(pool, volume);
        if (local.serves(pool)) {
            local.delete(pool, volume, job);
        }
        // of a file that is gone already libvirt forgets the volume
        calls.onVolume(
                pool, volume, pointer -> libvirt.check(virt.virStorageVolDelete(pointer, 0)));
        marks.state(pool.name(), volume, VolumeState.INTACT);
    }

    /** Refuses to delete what other volumes of the pool read from, as far as libvirt has seen that. */
    private void checkNoOverlays(PoolSpec pool, String volume) throws StorageException {
        String definition = calls.onVolume(pool, volume, calls::definition);
        List<String> overlays = calls.onPool(pool, calls::definitions).stream()
                .filter(other -> StorageXml.liesOn(other, definition))
                .map(StorageXml::volumeName)
                .toList();
        if (!overlays.isEmpty()) {
            throw new StorageException(
                    Reason.IN_USE,
                    pool.name(),
                    volume,
                    "volumes of the pool lie on it: " + String.join(", ", overlays),
                    null);
        }
    }

    /**
     * Marks a volume whose upload or wipe a crash interrupted. libvirt keeps no mark, so one that was not
     * touched yet, or is whole by now, is marked too.
     */
    @Override
    public Recovery recover(PoolSpec pool, String volume, InterruptedJob job)
            throws StorageException {
        if (local.serves(pool)) {
            return local.recover(pool, volume, job);
        }
        VolumeState left = switch (job.operation()) {
            case "VOLUME_UPLOAD" -> VolumeState.PARTLY_WRITTEN;
            case "VOLUME_WIPE" -> VolumeState.PARTLY_WIPED;
            default -> VolumeState.INTACT;
        };
        if (left == VolumeState.INTACT) {
            return Recovery.ended(JobOutcome.ORPHANED, "libvirt may have gone on with it");
        }
        marks.state(pool.name(), volume, left);
        return Recovery.ended(JobOutcome.ORPHANED, "volume " + volume + " is marked " + left);
    }

    @Override
    public VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        return local.serves(pool)
                ? local.query(pool, volume, job)
                : marks.marked(pool.name(), calls.onVolume(pool, volume, calls::info));
    }
}
