package org.jobcontrol.app;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;

/**
 * The bytes of a volume, written and read block by block under a job; no faster than people can
 * follow.
 */
final class Content {
    static final int BLOCK = 1 << 20;

    private static final int SEED = 17;
    private static final long NANOS_PER_BLOCK = TimeUnit.SECONDS.toNanos(1) / 128;

    private Content() {}

    /** Fills a volume with data in which no block is zeros. Returns the checksum of what it wrote. */
    static long fill(Path file, long size, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        CRC32C sum = new CRC32C();
        Random random = new Random(SEED);
        byte[] block = new byte[BLOCK];
        random.nextBytes(block);
        long begin = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            for (long done = 0; done < size; done += BLOCK) {
                job.checkpoint();
                // no two blocks are alike: one copied to the wrong place would show
                ByteBuffer.wrap(block).putLong(0, done).putLong(BLOCK / 2, done);
                sum.update(block);
                ByteBuffer data = ByteBuffer.wrap(block);
                while (data.hasRemaining()) {
                    channel.write(data);
                }
                job.progress(Progress.ofData(size, done + BLOCK));
                pace(begin, done + BLOCK);
            }
            channel.force(true);
        }
        return sum.getValue();
    }

    /** Returns the checksum of a volume. */
    static long sum(Path file, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        CRC32C sum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        long begin = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, READ)) {
            long size = channel.size();
            for (long done = 0; done < size; ) {
                job.checkpoint();
                done += read(channel, block, done);
                sum.update(block.flip());
                job.progress(Progress.ofData(size, done));
                pace(begin, done);
            }
        }
        return sum.getValue();
    }

    /** Returns whether a block of a file has nothing but zeros. */
    static boolean isBlank(Path file, long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (FileChannel channel = FileChannel.open(file, READ)) {
            read(channel, block, at);
        }
        return block.flip().mismatch(ByteBuffer.allocate(block.limit())) < 0;
    }

    private static void pace(long begin, long done) throws InterruptedException {
        long due = begin + done / BLOCK * NANOS_PER_BLOCK;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
    }

    private static int read(FileChannel channel, ByteBuffer block, long at) throws IOException {
        int length = channel.read(block.clear(), at);
        if (length <= 0) {
            throw new EOFException("it became shorter while it was read");
        }
        return length;
    }
}
