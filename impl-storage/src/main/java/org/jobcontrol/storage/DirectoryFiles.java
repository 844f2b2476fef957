package org.jobcontrol.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The byte work of the directory driver.
 *
 * <p>Everything goes block by block: before each the job is asked whether to go on, after each its
 * progress is reported. What was written is forced to the disk every few blocks, so that the last
 * force, which must come before the work counts as done, is as short as the others: an abort never
 * waits for gigabytes of somebody's page cache.
 *
 * <p>A volume is made in a part file beside it, which no scan shows, and gets its name when it is
 * whole.
 */
final class DirectoryFiles {
    private static final Logger log = LoggerFactory.getLogger(DirectoryFiles.class);
    private static final int BLOCK = 1 << 20;
    private static final int FORCE_EVERY = 8 * BLOCK;

    /** So many zeros, at a multiple of it, become a hole in a copy. */
    private static final int HOLE = 1 << 16;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(HOLE).asReadOnlyBuffer();

    private static final String PART_PREFIX = ".jobcontrol-";
    private static final String PART_SUFFIX = ".part";

    private static final Set<OpenOption> PART_OPTIONS = Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS);

    private DirectoryFiles() {}

    /** What a file was when it was made: the bytes are those written, without holes. */
    record Written(long size, FileTime modified, long bytes) {}

    /** Fills a new file. */
    interface Filler {
        /** Returns how many bytes it wrote. */
        long fill(FileChannel file) throws IOException, JobAbortedException, InterruptedException;
    }

    /** Returns whether a name is kept for parts. */
    static boolean isPart(String name) {
        return name.startsWith(PART_PREFIX) && name.endsWith(PART_SUFFIX);
    }

    /** Makes a file: whole and under its name, or not at all. */
    static Written build(Path file, Job job, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        // Without the file's own name, which may have 255 bytes already.
        String name = PART_PREFIX + job.id() + "-" + job.fence() + PART_SUFFIX;
        Path part = file.resolveSibling(name);
        try {
            if (Files.exists(file, NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Written made = fill(part, filler);
            job.checkpoint();
            // From here on there is a volume.
            job.abortable(false);
            publish(part, file);
            return made;
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        } finally {
            discard(part);
        }
    }

    /** Opens a file for reading. */
    static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, READ, NOFOLLOW_LINKS);
    }

    /** Overwrites a file with zeros, holes included. */
    static void overwrite(Path file, long size, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, WRITE, NOFOLLOW_LINKS)) {
            writeZeros(channel, size, job);
            // Nothing is left to abort: the old data is overwritten, nearly all of it on disk.
            job.abortable(false);
            channel.force(true);
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    /** Writes zeros at the begin of a file: the JDK has no other way to take space for it. */
    static void writeZeros(FileChannel file, long bytes, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
        job.progress(Progress.ofData(bytes, 0));
        for (long done = 0; done < bytes; ) {
            job.checkpoint();
            zeros.clear().limit((int) Math.min(BLOCK, bytes - done));
            done += write(file, zeros, done);
            force(file, done);
            job.progress(Progress.ofData(bytes, done));
        }
    }

    /**
     * Copies a file into an empty one. Blocks of zeros become holes. Returns how many bytes were
     * written.
     */
    static long copy(FileChannel from, FileChannel to, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        long total = from.size();
        long written = 0;
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        job.progress(Progress.ofData(total, 0));
        for (long done = 0; done < total; ) {
            job.checkpoint();
            int length = (int) Math.min(BLOCK, total - done);
            read(from, block.clear().limit(length), done);
            written += writeData(to, block, length, done);
            done += length;
            force(to, done);
            job.progress(Progress.ofData(total, done));
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

    /** Returns what went wrong in a directory. */
    static Reason reason(IOException e, Path directory) {
        if (e instanceof NoSuchFileException) {
            return Reason.NOT_FOUND;
        }
        if (e instanceof FileAlreadyExistsException) {
            return Reason.EXISTS;
        }
        return isFull(String.valueOf(e.getMessage()), directory) ? Reason.NO_SPACE : Reason.IO;
    }

    private static boolean isFull(String message, Path directory) {
        if (message.contains("No space left on device") || message.contains("quota exceeded")) {
            return true;
        }
        try {
            // The message comes from the C library, in the language of the process.
            return Files.getFileStore(directory).getUsableSpace() < BLOCK;
        } catch (IOException e) {
            return false;
        }
    }

    private static Written fill(Path part, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        try (FileChannel channel = FileChannel.open(part, PART_OPTIONS, permissions(part))) {
            long bytes = filler.fill(channel);
            // A name that outlives a power failure must not name half of a volume.
            channel.force(true);
            return new Written(channel.size(), Files.getLastModifiedTime(part), bytes);
        }
    }

    /** Returns what lets only the owner read: a part may become a copy of anything. */
    private static FileAttribute<?>[] permissions(Path part) {
        if (!part.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    /**
     * Gives a part its name, which must be free. A rename would replace what has the name, and the
     * JDK knows no other; a hard link is refused if there is something, and appears at once with
     * all its content. Where there are no hard links (FAT), an empty file takes the name first,
     * and only that is replaced.
     */
    private static void publish(Path part, Path volume) throws IOException {
        try {
            Files.createLink(volume, part);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.createFile(volume);
            try {
                Files.move(part, volume, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failure) {
                failure.addSuppressed(e);
                discard(volume);
                throw failure;
            }
        }
    }

    /** Deletes a file that is in the way, if it is there; who does this has other failures to tell. */
    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} cannot be deleted and stays", file, e);
        }
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

    /** Writes all of a buffer. Returns how many bytes that was. */
    private static long write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes, at + bytes.position());
        }
        return bytes.limit();
    }

    private static void force(FileChannel file, long done) throws IOException {
        if (done % FORCE_EVERY == 0) {
            file.force(false);
        }
    }

    private static InterruptedException interrupted(ClosedByInterruptException cause) {
        // The exception takes the place of the flag, as in every method that throws it.
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("interrupted in a file");
        interrupted.initCause(cause);
        return interrupted;
    }
}
