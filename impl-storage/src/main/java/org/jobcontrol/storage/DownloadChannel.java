package org.jobcontrol.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.VolumeDownload;

/** An open download. */
final class DownloadChannel extends OpenStream implements VolumeDownload {
    private final Job job;
    private final VolumeSource source;
    private final Pace pace;
    private long left;

    /**
     * Opens the download.
     *
     * @param length how many bytes to read; fewer if the source ends before
     */
    DownloadChannel(Job job, VolumeSource source, long length) {
        super(job, source);
        this.job = job;
        this.source = source;
        this.left = length;
        this.pace = new Pace(job, source.expected(length));
        begin();
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        checkOpen();
        if (left == 0) {
            return -1;
        }
        if (!bytes.hasRemaining()) {
            return 0;
        }
        try {
            return readBlock(bytes);
        } catch (JobAbortedException | InterruptedException | IOException e) {
            throw failed(e);
        }
    }

    private int readBlock(ByteBuffer bytes)
            throws IOException, JobAbortedException, InterruptedException {
        int size = pace.next(Math.min(left, bytes.remaining()));
        int read = source.read(bytes.slice(bytes.position(), size));
        if (read < 0) {
            left = 0;
            pace.finish();
            return -1;
        }
        bytes.position(bytes.position() + read);
        left -= read;
        pace.moved(read);
        return read;
    }

    @Override
    void complete() {
        // There is nothing to be done after reading.
    }

    @Override
    void closed() {
        // Reading changes nothing that somebody would have to see.
    }
}
