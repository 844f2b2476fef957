package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.Pace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the bytes of files at the {@link Pace} of a job. */
final class Bytes {
    static final int MIB = 1 << 20;

    /** So many zeros, at a multiple of it, become a hole in a copy that is made without Linux. */
    private static final int HOLE = 1 << 16;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(HOLE).asReadOnlyBuffer();

    private static final Logger log = LoggerFactory.getLogger(Bytes.class);

    private Bytes() {}

    /** Opens a file for reading; a symbolic link is none. */
    static FileChannel openToRead(Path file) throws IOException {
        return FileChannel.open(file, READ, NOFOLLOW_LINKS);
    }

    /** Opens a file for writing; a symbolic link is none. */
    static FileChannel openToWrite(Path file) throws IOException {
        return FileChannel.open(file, WRITE, NOFOLLOW_LINKS);
    }

    /** Takes disk for the begin of a new file: all at once where that is possible, or by zeros. */
    static void allocate(Path file, long bytes, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isPresent() && bytes > 0) {
            try (Linux.OpenFile open = linux.get().openToWrite(file)) {
                open.allocate(bytes);
                job.progress(Progress.ofData(bytes, bytes));
                return;
            } catch (Linux.Unsupported e) {
                log.debug("{} is filled with zeros", file, e);
            }
        }
        overwrite(file, bytes, WipePasses.of(WipeAlgorithm.ZERO), job);
    }

    /** Overwrites the begin of a file, holes included, once with each pass. */
    static void overwrite(Path file, long bytes, List<WipePasses.Pass> passes, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        Pace pace = new Pace(job, Pace.total(bytes, passes.size()));
        ByteBuffer block = ByteBuffer.allocateDirect(Pace.BLOCK);
        try (FileChannel channel = openToWrite(file);
                Writeback writeback = Writeback.of(file, channel)) {
            for (WipePasses.Pass pass : passes) {
                writeback.from(0);
                for (long at = 0; at < bytes; ) {
                    int length = pace.next(bytes - at);
                    pass.fill(block.clear().limit(length), at);
                    write(channel, block.flip(), at);
                    at += length;
                    writeback.wroteTo(at);
                    pace.moved(length);
                }
                // The next pass must not overwrite this one in memory only.
                channel.force(false);
            }
        }
    }

    /**
     * Copies a file into one that is empty; holes stay holes. Shares the data where the file system can,
     * has the kernel copy it where that can, and else copies it here.
     *
     * @return how many bytes were written, or {@link Volumes#ALL}
     */
    static long copy(Path from, Path to, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isEmpty()) {
            return copyHere(from, to, job);
        }
        try {
            copy(linux.get(), from, to, job);
            // The disk is asked.
            return Volumes.ALL;
        } catch (Linux.Unsupported e) {
            log.debug("{} is copied here", from, e);
            return copyHere(from, to, job);
        }
    }

    private static void copy(Linux linux, Path from, Path to, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        try (Linux.OpenFile in = linux.openToRead(from);
                Linux.OpenFile out = linux.openToWrite(to);
                FileChannel channel = openToWrite(to);
                Writeback writeback = Writeback.of(to, channel)) {
            long total = Files.size(from);
            Pace pace = new Pace(job, total);
            if (shared(in, out)) {
                pace.skipped(total);
                return;
            }
            for (long at = in.nextData(0); at < total; at = in.nextData(at)) {
                pace.skippedTo(at);
                long end = Math.min(total, in.nextHole(at));
                while (at < end) {
                    long copied = out.copy(in, at, pace.next(end - at));
                    if (copied == 0) {
                        throw new EOFException("it became shorter while it was read");
                    }
                    at += copied;
                    writeback.wroteTo(at);
                    pace.moved(copied);
                }
            }
            pace.skippedTo(total);
            extend(channel, total);
        }
    }

    private static boolean shared(Linux.OpenFile in, Linux.OpenFile out) throws IOException {
        try {
            out.shareWith(in);
            return true;
        } catch (Linux.Unsupported e) {
            return false;
        }
    }

    private static long copyHere(Path from, Path to, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        ByteBuffer block = ByteBuffer.allocateDirect(Pace.BLOCK);
        try (FileChannel in = openToRead(from);
                FileChannel out = openToWrite(to);
                Writeback writeback = Writeback.of(to, out)) {
            long total = in.size();
            long written = 0;
            Pace pace = new Pace(job, total);
            for (long at = 0; at < total; ) {
                int length = pace.next(total - at);
                read(in, block.clear().limit(length), at);
                written += writeData(out, block, length, at);
                at += length;
                writeback.wroteTo(at);
                pace.moved(length);
            }
            extend(out, total);
            return written;
        }
    }

    /** Makes a file as long as this: cuts it off, or extends it without space for what is added. */
    static void resize(Path file, long size) throws IOException {
        try (FileChannel channel = openToWrite(file)) {
            channel.truncate(size);
            extend(channel, size);
            channel.force(true);
        }
    }

    /** Takes all data out of a file, which stays as long and reads as zeros. */
    static void trim(Path file, long size) throws IOException {
        Optional<Linux> linux = LinuxSupport.linux();
        if (linux.isPresent() && size > 0) {
            try (Linux.OpenFile open = linux.get().openToWrite(file)) {
                open.punch(size);
                resize(file, size);
                return;
            } catch (Linux.Unsupported e) {
                log.debug("{} is cut off and extended again", file, e);
            }
        }
        try (FileChannel channel = openToWrite(file)) {
            channel.truncate(0);
        }
        resize(file, size);
    }

    /**
     * Makes a file as long as this, without space for what is added. The JDK extends a file only by
     * writing beyond its end; the byte that this takes is cut off again. A file of the largest size
     * that its file system knows has no byte beyond its end: there the last byte is written, and takes
     * a block.
     */
    static void extend(FileChannel file, long size) throws IOException {
        if (file.size() >= size) {
            return;
        }
        try {
            write(file, ByteBuffer.allocate(1), size);
            file.truncate(size);
        } catch (IOException e) {
            if (!file.isOpen()) {
                throw e;
            }
            log.debug("no byte can be written behind {} bytes", size, e);
            write(file, ByteBuffer.allocate(1), size - 1);
        }
    }

    /** Writes all of a buffer. */
    private static void write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        for (long next = at; bytes.hasRemaining(); ) {
            next += to.write(bytes, next);
        }
    }

    private static long writeData(FileChannel to, ByteBuffer block, int length, long at)
            throws IOException {
        long written = 0;
        for (int from = 0; from < length; from += HOLE) {
            int size = Math.min(HOLE, length - from);
            ByteBuffer piece = block.slice(from, size);
            if (piece.mismatch(ZEROS.slice(0, size)) >= 0) {
                write(to, piece, at + from);
                written += size;
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
}
