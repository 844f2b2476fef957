package org.jobcontrol.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;

/**
 * The bytes of a volume from an offset on, as its driver gives them, and how many these are. That is
 * neither the capacity of an image nor its allocation, which is less where the file has holes. Used by
 * one thread, but for {@link #close}.
 */
final class VolumeSource implements ReadableByteChannel {
    private final ReadableByteChannel channel;

    /** How many bytes the channel gives, as it says itself; or {@link Pace#UNKNOWN}. */
    private final long length;

    /** How many bytes the volume is said to have, for channels that do not say it. */
    private final long estimate;

    private long read;

    private VolumeSource(ReadableByteChannel channel, long length, long estimate) {
        this.channel = channel;
        this.length = length;
        this.estimate = estimate;
    }

    /**
     * Opens a volume to be read.
     *
     * @param now how the volume is
     * @param offset where to begin, in bytes; behind the end of the volume there is nothing to read
     */
    static VolumeSource open(
            VolumeView volume, StorageDriver driver, VolumeInfo now, long offset, Job job)
            throws StorageException {
        boolean raw = now.format().equals(VolumeSpec.RAW);
        long estimate = raw ? Math.max(0, now.capacity() - offset) : Pace.UNKNOWN;
        ReadableByteChannel channel = driver.openSource(volume.spec(), volume.name(), offset, job);
        try {
            return new VolumeSource(channel, length(channel, offset), estimate);
        } catch (IOException e) {
            StorageException failure = volume.failure("its length cannot be read", e);
            try {
                channel.close();
            } catch (IOException closing) {
                failure.addSuppressed(closing);
            }
            throw failure;
        }
    }

    private static long length(ReadableByteChannel channel, long offset) throws IOException {
        return channel instanceof SeekableByteChannel file
                ? Math.max(0, file.size() - offset)
                : Pace.UNKNOWN;
    }

    /** Returns how many bytes a reader will get that wants so many, or {@link Pace#UNKNOWN}. */
    long expected(long wanted) {
        long there = length == Pace.UNKNOWN ? estimate : length;
        return there == Pace.UNKNOWN ? Pace.UNKNOWN : Math.min(there, wanted);
    }

    /**
     * Reads on.
     *
     * @return how many bytes were read, or -1 at the end
     * @throws EOFException if the end comes before the length that the channel told
     */
    @Override
    public int read(ByteBuffer bytes) throws IOException {
        int more = channel.read(bytes);
        if (more < 0 && read < length) {
            throw new EOFException("it became shorter while it was read: it ended after " + read
                    + " of " + length + " bytes");
        }
        read += Math.max(0, more);
        return more;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
