package org.jobcontrol.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;

/** An upload that libvirt writes: the volume is marked from its first byte until all is written. */
final class MarkedSink implements VolumeSink {
    private final VolumeSink sink;
    private final VolumeMarks marks;
    private final String pool;
    private final VolumeInfo volume;
    private final long offset;
    private long written;

    /** What the volume was before the first byte; null until then. */
    private @Nullable VolumeState before;

    MarkedSink(VolumeSink sink, VolumeMarks marks, String pool, VolumeInfo volume, long offset) {
        this.sink = sink;
        this.marks = marks;
        this.pool = pool;
        this.volume = volume;
        this.offset = offset;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (before == null) {
            before = marks.state(pool, volume.name());
            marks.state(pool, volume.name(), VolumeState.PARTLY_WRITTEN);
        }
        int sent = sink.write(bytes);
        written += sent;
        return sent;
    }

    @Override
    public void complete() throws IOException {
        sink.complete();
        VolumeState was = before;
        if (was != null) {
            // how long the file of another format is to be, only its content says
            boolean raw = volume.format().equals(VolumeSpec.RAW);
            boolean whole = offset == 0 && (!raw || written >= volume.capacity());
            marks.state(pool, volume.name(), whole ? VolumeState.INTACT : was);
        }
    }

    @Override
    public boolean isOpen() {
        return sink.isOpen();
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
