package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a file whole or not at all: in a {@link PartFile} beside it, which no scan shows, and which gets
 * the name when it is whole and on disk.
 */
final class AtomicFiles {
    private static final Logger log = LoggerFactory.getLogger(AtomicFiles.class);
    private static final Set<OpenOption> NEW = Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS);

    private AtomicFiles() {}

    /** Fills a new file that is empty, and that only the owner can read. */
    interface Filler {
        void fill(Path part) throws IOException, JobAbortedException, InterruptedException;
    }

    /** Makes a file. */
    static void build(Path file, Job job, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        if (Files.exists(file, NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        try (PartFile part = PartFile.of(file, job.id(), job.fence())) {
            fill(part.path(), job, filler);
            // From here on there is a volume.
            job.abortable(false);
            publish(part.path(), file);
            DurableFiles.syncDirectory(file.getParent());
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    private static void fill(Path part, Job job, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        // A part may become a copy of anything.
        FileChannel.open(part, NEW, ownersOnly(part)).close();
        filler.fill(part);
        // A name that outlives a power failure must not name half of a volume.
        try (FileChannel channel = Bytes.openToWrite(part)) {
            channel.force(true);
        }
        job.checkpoint();
    }

    /** Deletes a file if it is there; a failure is logged, for the caller has another one to report. */
    static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} cannot be deleted and stays", file, e);
        }
    }

    /** Returns the exception for an interrupt that closed a channel. */
    static InterruptedException interrupted(ClosedByInterruptException cause) {
        // The exception takes the place of the flag, as in every method that throws it.
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("interrupted in a file");
        interrupted.initCause(cause);
        return interrupted;
    }

    private static FileAttribute<?>[] ownersOnly(Path part) {
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
    private static void publish(Path part, Path file) throws IOException {
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.createFile(file);
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failure) {
                failure.addSuppressed(e);
                discard(file);
                throw failure;
            }
        }
    }
}
