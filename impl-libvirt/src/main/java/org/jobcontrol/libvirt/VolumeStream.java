package org.jobcontrol.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.StreamPtr;

/**
 * The bytes of a volume through a stream of libvirt. It has a connection of its own for as long as it is
 * open. Used by one thread, but for {@link #close}, which ends a transfer that waits.
 *
 * <p>Calls of virtual threads are made on platform threads: a stream waits for the daemon, and would keep
 * a carrier for that long. For the same reason the lock is no monitor.
 */
final class VolumeStream implements VolumeSink, ReadableByteChannel {
    private static final int BLOCK = 1 << 18;

    private final Libvirt libvirt;
    private final Virt virt;
    private final Lanes lanes;
    private final ConnectPtr connection;
    private final StreamPtr stream;
    private final String pool;
    private final String volume;
    private final byte[] block = new byte[BLOCK];
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile boolean finished;

    /** Held while bytes are moved: the stream is not given up under them. */
    private final ReentrantLock moving = new ReentrantLock();

    private VolumeStream(
            Hypervisor hypervisor,
            ConnectPtr connection,
            StreamPtr stream,
            String pool,
            String volume) {
        this.libvirt = hypervisor.libvirt();
        this.virt = libvirt.virt();
        this.lanes = hypervisor.lanes();
        this.connection = connection;
        this.stream = stream;
        this.pool = pool;
        this.volume = volume;
    }

    /** Opens a volume to be written into, or to be read, from a place on. */
    static VolumeStream open(
            Hypervisor hypervisor,
            PoolCalls calls,
            String pool,
            String volume,
            long offset,
            boolean write)
            throws LibvirtException {
        ConnectPtr connection = hypervisor.lanes().open();
        return hypervisor
                .lanes()
                .onPlatform(() -> open(hypervisor, connection, calls, pool, volume, offset, write));
    }

    private static VolumeStream open(
            Hypervisor hypervisor,
            ConnectPtr connection,
            PoolCalls calls,
            String pool,
            String volume,
            long offset,
            boolean write)
            throws LibvirtException {
        Libvirt libvirt = hypervisor.libvirt();
        Virt virt = libvirt.virt();
        StreamPtr stream = null;
        try {
            StreamPtr created = libvirt.check(virt.virStreamNew(connection, 0));
            stream = created;
            calls.onVolume(
                    connection,
                    pool,
                    volume,
                    pointer -> libvirt.check(
                            write
                                    ? virt.virStorageVolUpload(pointer, created, offset, 0, 0)
                                    : virt.virStorageVolDownload(pointer, created, offset, 0, 0)));
            return new VolumeStream(hypervisor, connection, created, pool, volume);
        } catch (LibvirtException | RuntimeException e) {
            if (stream != null) {
                virt.virStreamFree(stream);
            }
            virt.virConnectClose(connection);
            throw e;
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = Math.min(BLOCK, source.remaining());
        source.get(source.position(), block, 0, length);
        int sent = moved(() -> virt.virStreamSend(stream, block, length));
        source.position(source.position() + sent);
        return sent;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int most = Math.min(BLOCK, target.remaining());
        int length = moved(() -> virt.virStreamRecv(stream, block, most));
        if (length == 0) {
            return -1;
        }
        target.put(block, 0, length);
        return length;
    }

    private int moved(IntSupplier move) throws IOException {
        moving.lock();
        try {
            if (!open.get()) {
                throw new ClosedChannelException();
            }
            return lanes.onPlatform(() -> checked(move));
        } catch (LibvirtException e) {
            throw new IOException(e.text(), Failures.of(pool, volume, e));
        } finally {
            moving.unlock();
        }
    }

    /** Moves bytes; whatever libvirt says of a connection that is dead, it was lost. */
    private int checked(IntSupplier move) throws LibvirtException {
        try {
            return libvirt.check(move.getAsInt());
        } catch (LibvirtException e) {
            throw virt.virConnectIsAlive(connection) == 1 ? e : Lanes.lost(e);
        }
    }

    /** Says that all was sent; libvirt tells now whether it was written. */
    @Override
    public void complete() throws IOException {
        finished = true;
        moved(() -> virt.virStreamFinish(stream));
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        try {
            lanes.onPlatform(this::release);
        } catch (LibvirtException e) {
            // the hypervisor has no threads any more: it is being closed
            release();
        }
    }

    private int release() {
        if (!finished) {
            virt.virStreamAbort(stream);
        }
        moving.lock();
        try {
            virt.virStreamFree(stream);
            return virt.virConnectClose(connection);
        } finally {
            moving.unlock();
        }
    }
}
