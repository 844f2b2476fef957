package org.jobcontrol.storage.directory;

import java.io.File;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.Pace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of a pool: which files in it are volumes, and what it means when one fails. */
final class PoolDirectory {
    private static final Logger log = LoggerFactory.getLogger(PoolDirectory.class);
    private static final long NEARLY_NOTHING = Pace.BLOCK;

    private final PoolSpec pool;
    private final Path path;

    /** Looks at an entry of the directory. */
    interface Visitor {
        void visit(Path entry) throws IOException;
    }

    /** Thrown when something is asked of a volume that this driver cannot do. */
    static final class Unsupported extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unsupported(String message) {
            super(message);
        }
    }

    PoolDirectory(PoolSpec pool) {
        this.pool = pool;
        this.path = pool.path().toAbsolutePath().normalize();
    }

    Path path() {
        return path;
    }

    /** Returns whether an image that was not made here may name a backing file. */
    boolean followsProbedChains() {
        return Boolean.parseBoolean(pool.attributes().get(PoolSpec.FOLLOW_PROBED_CHAINS));
    }

    /** Refuses attributes with values that mean nothing. */
    void checkAttributes() throws StorageException {
        String follow = pool.attributes().getOrDefault(PoolSpec.FOLLOW_PROBED_CHAINS, "false");
        if (!follow.equals("true") && !follow.equals("false")) {
            String detail = "the attribute " + PoolSpec.FOLLOW_PROBED_CHAINS + " is '" + follow
                    + "', neither true nor false";
            throw new StorageException(Reason.UNSUPPORTED, pool.name(), null, detail, null);
        }
    }

    /**
     * A path of which the part that exists has no links.
     *
     * @param existing the longest part that exists, resolved
     * @param missing the rest
     */
    private record Resolved(Path existing, Path missing) {}

    private Resolved resolve() {
        for (Path part = path; part != null; part = part.getParent()) {
            try {
                return new Resolved(part.toRealPath(), part.relativize(path));
            } catch (IOException e) {
                log.debug("{} is missing or cannot be resolved; its parent may", part, e);
            }
        }
        return new Resolved(path, path.relativize(path));
    }

    /** Returns whether another path leads to this directory, by links or by mounts. */
    boolean isSameAs(PoolDirectory other) {
        Resolved mine = resolve();
        Resolved others = other.resolve();
        if (!mine.missing.equals(others.missing)) {
            return false;
        }
        try {
            return mine.existing.equals(others.existing)
                    || Files.isSameFile(mine.existing, others.existing);
        } catch (IOException e) {
            log.debug("{} and {} cannot be compared", path, other.path, e);
            return false;
        }
    }

    /** Returns the file of a volume, which is in the directory whatever the name. */
    Path file(String volume) throws StorageException {
        VolumeSpec.checkName("volume", volume);
        String detail = "the name is none for a volume";
        try {
            Path file = path.resolve(volume).normalize();
            if (path.equals(file.getParent()) && !PartFile.isReserved(volume)) {
                return file;
            }
        } catch (InvalidPathException e) {
            detail = "the name has no form in the encoding of file names: " + e.getReason();
        }
        throw new StorageException(Reason.UNSUPPORTED, pool.name(), volume, detail, null);
    }

    /** Returns whether an entry has a name under which it can be asked for. */
    boolean isNamed(Path entry) {
        try {
            return file(nameOf(entry)).equals(entry);
        } catch (StorageException | IllegalArgumentException e) {
            return false;
        }
    }

    static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    void visit(Job job, Visitor visitor)
            throws StorageException, JobAbortedException, InterruptedException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                job.checkpoint();
                visitor.visit(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw failure(null, "it cannot be read", new IOException(e));
        } catch (IOException e) {
            throw failure(null, "it cannot be read", e);
        }
    }

    /**
     * Returns what an I/O error means.
     *
     * @param volume the volume's name, or null if it is about the pool
     * @param what the sentence for an error that means nothing else
     */
    StorageException failure(@Nullable String volume, String what, IOException e) {
        Reason own = ownReason(e);
        if (own != null) {
            String detail = String.valueOf(e.getMessage());
            return new StorageException(own, pool.name(), volume, detail, e);
        }
        if (!Files.isDirectory(path)) {
            String detail = "there is no directory " + path;
            return new StorageException(Reason.NOT_FOUND, pool.name(), null, detail, e);
        }
        Reason reason = reason(e);
        String detail = switch (reason) {
            case EXISTS -> "there is a file with that name";
            case NOT_FOUND -> "there is no regular file with that name";
            default -> what + ": " + e.getMessage();
        };
        return new StorageException(reason, pool.name(), volume, detail + " in " + path, e);
    }

    /** Returns the reason of a failure whose message says all there is to say, or null. */
    private static @Nullable Reason ownReason(IOException e) {
        if (e instanceof QemuImg.Missing || e instanceof Unsupported) {
            return Reason.UNSUPPORTED;
        }
        if (e instanceof ImageChain.Unsafe
                || e instanceof Qcow2Header.Damaged
                || e instanceof VolumeRecords.Unknown) {
            return Reason.UNSAFE;
        }
        if (e instanceof ImageLocks.InUse || e instanceof Volumes.HasOverlays) {
            return Reason.IN_USE;
        }
        return e instanceof Fences.Late ? Reason.FENCED : null;
    }

    private Reason reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return Reason.NOT_FOUND;
        }
        if (e instanceof FileAlreadyExistsException) {
            return Reason.EXISTS;
        }
        return isFull(String.valueOf(e.getMessage())) ? Reason.NO_SPACE : Reason.IO;
    }

    private boolean isFull(String message) {
        if (message.contains("No space left on device") || message.contains("quota exceeded")) {
            return true;
        }
        // The message comes from the C library, in the language of the process. A total of 0 means
        // that the file system does not answer.
        File place = path.toFile();
        return place.getTotalSpace() > 0 && place.getUsableSpace() < NEARLY_NOTHING;
    }
}
