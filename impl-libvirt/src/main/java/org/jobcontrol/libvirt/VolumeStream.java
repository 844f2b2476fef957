package org.jobcontrol.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.StreamPtr;

/**
 * The bytes of a volume through a stream of libvirt. It has a connection of its own for as long as it is
 * open. Used by one thread, but for {@link #close}, which ends a transfer that waits.
 */
final class VolumeStream implements VolumeSink, ReadableByteChannel {
    private static final int BLOCK = 1 << 18;

    private final Libvirt libvirt;
    private final Virt virt;
    private final ConnectPtr connection;
    private final StreamPtr stream;
    private final byte[] block = new byte[BLOCK];
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile boolean finished;

    /** Held while bytes are moved: the stream is not given up under them. */
    private final Object moving = new Object();

    private VolumeStream(Libvirt libvirt, ConnectPtr connection, StreamPtr stream) {
        this.libvirt = libvirt;
        this.virt = libvirt.virt();
        this.connection = connection;
        this.stream = stream;
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
        Libvirt libvirt = hypervisor.libvirt();
        Virt virt = libvirt.virt();
        ConnectPtr connection = libvirt.check(virt.virConnectOpen(hypervisor.uri()));
        StreamPtr stream = null;
        try {
            StreamPtr its = libvirt.check(virt.virStreamNew(connection, 0));
            stream = its;
            calls.onVolume(
                    connection,
                    pool,
                    volume,
                    pointer -> libvirt.check(
                            write
                                    ? virt.virStorageVolUpload(pointer, its, offset, 0, 0)
                                    : virt.virStorageVolDownload(pointer, its, offset, 0, 0)));
            return new VolumeStream(libvirt, connection, its);
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
        synchronized (moving) {
            if (!open.get()) {
                throw new ClosedChannelException();
            }
            try {
                return libvirt.check(move.getAsInt());
            } catch (LibvirtException e) {
                throw new IOException(e.text(), e);
            }
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
        if (open.compareAndSet(true, false)) {
            if (!finished) {
                virt.virStreamAbort(stream);
            }
            synchronized (moving) {
                virt.virStreamFree(stream);
                virt.virConnectClose(connection);
            }
        }
    }
}
