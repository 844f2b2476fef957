package org.jobcontrol.libvirt;

import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.libvirt.Virt.VolumePtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes whose bytes libvirt moves. Its calls cannot be taken back once they run, so their jobs are not
 * abortable; what has been allocated by then is their progress. Streams can be ended at any time.
 */
final class RemoteVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteVolumes.class);

    private static final long TICK_MILLIS = 500;

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final Virt virt;
    private final PoolCalls calls;
    private final VolumeMarks marks;

    RemoteVolumes(Hypervisor hypervisor, PoolCalls calls, VolumeMarks marks) {
        this.marks = marks;
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
        this.calls = calls;
    }

    VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, InterruptedException {
        String backing = volume.attributes().get(VolumeSpec.BACKING);
        String below = backing == null ? null : calls.onVolume(pool, backing, calls::definition);
        String xml = StorageXml.of(volume, below);
        await(
                pool,
                volume.name(),
                volume.capacity(),
                job,
                () -> calls.onPool(pool, pointer -> {
                    VolumePtr made = libvirt.check(virt.virStorageVolCreateXML(pointer, xml, 0));
                    return virt.virStorageVolFree(made);
                }));
        marks.state(pool.name(), volume.name(), VolumeState.INTACT);
        return calls.onVolume(pool, volume.name(), calls::info);
    }

    VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, InterruptedException {
        long size = calls.onVolume(from, source, calls::info).capacity();
        VolumeSpec whole = new VolumeSpec(copy.name(), copy.format(), size, 0, copy.attributes());
        String xml = StorageXml.of(whole, null);
        await(
                to,
                copy.name(),
                size,
                job,
                () -> hypervisor
                        .lanes()
                        .call(connection -> calls.onVolume(
                                connection,
                                from.name(),
                                source,
                                original -> calls.onPool(connection, to.name(), pointer -> {
                                    VolumePtr made = libvirt.check(virt.virStorageVolCreateXMLFrom(
                                            pointer, xml, original, 0));
                                    return virt.virStorageVolFree(made);
                                }))));
        marks.state(to.name(), copy.name(), VolumeState.INTACT);
        return calls.onVolume(to, copy.name(), calls::info);
    }

    void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, InterruptedException {
        marks.state(pool.name(), volume, VolumeState.PARTLY_WIPED);
        await(
                pool,
                volume,
                0,
                job,
                () -> calls.onVolume(
                        pool,
                        volume,
                        pointer -> libvirt.check(
                                virt.virStorageVolWipePattern(pointer, number(algorithm), 0))));
        marks.state(pool.name(), volume, VolumeState.INTACT);
    }

    /** libvirt's {@code virStorageVolWipeAlgorithm}. */
    private static int number(WipeAlgorithm algorithm) {
        return switch (algorithm) {
            case ZERO -> 0;
            case NNSA -> 1;
            case DOD -> 2;
            case BSI -> 3;
            case GUTMANN -> 4;
            case SCHNEIER -> 5;
            case PFITZNER7 -> 6;
            case PFITZNER33 -> 7;
            case RANDOM -> 8;
            case TRIM -> 9;
        };
    }

    VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, InterruptedException {
        boolean smaller = capacity < calls.onVolume(pool, volume, calls::info).capacity();
        int flags = smaller ? Flags.STORAGE_VOL_RESIZE_SHRINK : 0;
        await(
                pool,
                volume,
                0,
                job,
                () -> calls.onVolume(
                        pool,
                        volume,
                        pointer ->
                                libvirt.check(virt.virStorageVolResize(pointer, capacity, flags))));
        return marks.marked(pool.name(), calls.onVolume(pool, volume, calls::info));
    }

    VolumeSink openSink(PoolSpec pool, String volume, long offset) throws StorageException {
        VolumeInfo before = calls.onVolume(pool, volume, calls::info);
        VolumeStream stream = PoolCalls.named(
                pool,
                volume,
                () -> VolumeStream.open(hypervisor, calls, pool.name(), volume, offset, true));
        return new MarkedSink(stream, marks, pool.name(), before, offset);
    }

    ReadableByteChannel openSource(PoolSpec pool, String volume, long offset)
            throws StorageException {
        return PoolCalls.named(
                pool,
                volume,
                () -> VolumeStream.open(hypervisor, calls, pool.name(), volume, offset, false));
    }

    /** What libvirt does. */
    private interface Work {
        int run() throws LibvirtException, StorageException;
    }

    /** Waits until libvirt has done something; whoever interrupts waits too, since it goes on. */
    private void await(PoolSpec pool, String volume, long size, Job job, Work work)
            throws StorageException, InterruptedException {
        job.abortable(false);
        Future<Integer> call = hypervisor.threads().submit(work::run);
        boolean interrupted = false;
        boolean over = false;
        while (!over) {
            try {
                call.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                over = true;
            } catch (TimeoutException e) {
                progress(pool, volume, size, job);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw failure(pool, volume, e);
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    /** Where libvirt tells nothing: what a volume that is being made takes by now. */
    private void progress(PoolSpec pool, String volume, long size, Job job) {
        if (size == 0) {
            return;
        }
        try {
            long taken = calls.onVolume(pool, volume, calls::info).allocation();
            job.progress(Progress.ofData(size, Math.min(size, taken)));
        } catch (StorageException e) {
            LOG.debug("volume {}/{} is not there yet", pool.name(), volume, e);
        }
    }

    private static StorageException failure(
            PoolSpec pool, String volume, ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof StorageException e) {
            // of the pool's call: here it is about the volume
            return new StorageException(
                    e.reason(), pool.name(), volume, String.valueOf(e.getMessage()), e.getCause());
        }
        if (cause instanceof LibvirtException e) {
            return Failures.of(pool.name(), volume, e);
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new StorageException(
                Reason.FAILED, pool.name(), volume, "libvirt's answer is not understood", cause);
    }
}
