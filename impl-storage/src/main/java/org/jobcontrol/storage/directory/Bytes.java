package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.Pace;

/**
 * Moves the bytes of files at the {@link Pace} of a job.
 *
 * <p>What was written is forced to the disk every few blocks, so that the last force, which must come
 * before the work counts as done, is as short as the others: an abort never waits for gigabytes of
 * somebody's page cache.
 */
final class Bytes {
    private static final int FORCE_EVERY = 8 * Pace.BLOCK;

    /** So many zeros, at a multiple of it, become a hole in a copy. */
    private static final int HOLE = 1 << 16;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(HOLE).asReadOnlyBuffer();

    private Bytes() {}

    /** Opens a file for reading; a symbolic link is none. */
    static FileChannel openToRead(Path file) throws IOException {
        return FileChannel.open(file, READ, NOFOLLOW_LINKS);
    }

    /** Opens a file for writing; a symbolic link is none. */
    static FileChannel openToWrite(Path file) throws IOException {
        return FileChannel.open(file, WRITE, NOFOLLOW_LINKS);
    }

    /** Writes zeros at the begin of a file: the JDK has no other way to take space for it. */
    static void writeZeros(FileChannel file, long bytes, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        overwrite(file, bytes, WipePasses.of(WipeAlgorithm.ZERO), job);
    }

    /** Overwrites the begin of a file, holes included, once with each pass. */
    static void overwrite(FileChannel file, long bytes, List<WipePasses.Pass> passes, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        Pace pace = new Pace(job, Math.multiplyExact(bytes, passes.size()));
        ByteBuffer block = ByteBuffer.allocateDirect(Pace.BLOCK);
        for (WipePasses.Pass pass : passes) {
            for (long at = 0; at < bytes; ) {
                int length = pace.next(bytes - at);
                pass.fill(block.clear().limit(length), at);
                write(file, block.flip(), at);
                at += length;
                forceSometimes(file, at, length);
                pace.moved(length);
            }
            // The next pass must not overwrite this one in memory only.
            file.force(false);
        }
    }

    /**
     * Copies a file into an empty one. Blocks of zeros become holes.
     *
     * @return how many bytes were written
     */
    static long copy(FileChannel from, FileChannel to, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        long total = from.size();
        long written = 0;
        Pace pace = new Pace(job, total);
        ByteBuffer block = ByteBuffer.allocateDirect(Pace.BLOCK);
        for (long at = 0; at < total; ) {
            int length = pace.next(total - at);
            read(from, block.clear().limit(length), at);
            written += writeData(to, block, length, at);
            at += length;
            forceSometimes(to, at, length);
            pace.moved(length);
        }
        extend(to, total);
        return written;
    }

    /**
     * Makes a file as long as this, without space for what is added. The JDK extends a file only by
     * writing beyond its end; the byte that this takes is cut off again.
     */
    static void extend(FileChannel file, long size) throws IOException {
        if (file.size() < size) {
            write(file, ByteBuffer.allocate(1), size);
            file.truncate(size);
        }
    }

    /**
     * Writes all of a buffer.
     *
     * @return how many bytes that was
     */
    static long write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        int length = bytes.remaining();
        for (long next = at; bytes.hasRemaining(); ) {
            next += to.write(bytes, next);
        }
        return length;
    }

    private static long writeData(FileChannel to, ByteBuffer block, int length, long at)
            throws IOException {
        long written = 0;
        for (int from = 0; from < length; from += HOLE) {
            int size = Math.min(HOLE, length - from);
            ByteBuffer piece = block.slice(from, size);
            if (piece.mismatch(ZEROS.slice(0, size)) >= 0) {
                written += write(to, piece, at + from);
            }
        }
        return written;
    }

    private static void read(FileChannel from, ByteBuffer block, long at) throws IOException {
        while (block.hasRemaining()) {
            if (from.read(block, at + block.position()) < 0) {
                throw new EOFException("it became shorter while it was read");
            }
        }
    }

    /** Forces a file when what was written ends another stretch of it. */
    private static void forceSometimes(FileChannel file, long end, long length) throws IOException {
        if (end / FORCE_EVERY != (end - length) / FORCE_EVERY) {
            file.force(false);
        }
    }
}
