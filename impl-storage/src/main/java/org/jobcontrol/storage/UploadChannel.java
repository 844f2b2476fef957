package org.jobcontrol.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeUpload;

/** An open upload. */
final class UploadChannel extends OpenStream implements VolumeUpload {
    private final AsyncJob job;
    private final VolumeSink sink;
    private final long length;
    private final Pace pace;
    private final Runnable seen;
    private long written;

    /**
     * Opens the upload.
     *
     * @param length how many bytes are to come
     * @param seen looks at the volume when nothing is written any more
     */
    UploadChannel(AsyncJob job, VolumeSink sink, long length, Runnable seen) {
        super(job, sink);
        this.job = job;
        this.sink = sink;
        this.length = length;
        this.seen = seen;
        this.pace = new Pace(job, length);
        begin();
    }

    @Override
    public AsyncJob job() {
        return job;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        checkOpen();
        int all = bytes.remaining();
        if (all > length - written) {
            throw new IOException(
                    "an upload of " + length + " bytes gets " + (written + all - length) + " more");
        }
        try {
            while (bytes.hasRemaining()) {
                writeBlock(bytes);
            }
            return all;
        } catch (JobAbortedException | InterruptedException | IOException e) {
            throw failed(e);
        }
    }

    private void writeBlock(ByteBuffer bytes)
            throws IOException, JobAbortedException, InterruptedException {
        int size = pace.next(bytes.remaining());
        ByteBuffer block = bytes.slice(bytes.position(), size);
        while (block.hasRemaining()) {
            sink.write(block);
        }
        bytes.position(bytes.position() + size);
        written += size;
        pace.moved(size);
    }

    @Override
    void complete() throws IOException {
        if (written < length) {
            throw new IOException("closed after " + written + " of " + length + " bytes");
        }
        sink.complete();
    }

    @Override
    void closed() {
        seen.run();
    }
}
