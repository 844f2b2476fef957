package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes the files of volumes.
 *
 * <p>The JDK cannot tell how much disk a file takes. Where {@link Linux} cannot either, the allocation
 * in a {@link VolumeInfo} is what this driver wrote when it made the volume, while size and time of
 * modification show that the file was not written since; otherwise it is the file's size, an upper
 * bound. Safe for use by many threads.
 */
final class Volumes {
    /** What a filler returns that wrote the whole file. */
    static final long ALL = -1;

    /** So many names go into a message. */
    private static final int SHOWN = 10;

    private static final Logger log = LoggerFactory.getLogger(Volumes.class);

    /** What a new file was when it was made, where the disk cannot be asked how much it takes. */
    private final Map<Path, Written> written = new ConcurrentHashMap<>();

    /** What was read of the headers of images, so that a delete need not read them all again. */
    private final Map<Path, Backing> backings = new ConcurrentHashMap<>();

    private final VolumeRecords records;

    /** Thrown when other volumes would lose what they lie on. */
    static final class HasOverlays extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        HasOverlays(List<String> overlays) {
            super("other volumes of the pool lie on it: "
                    + String.join(", ", overlays.subList(0, Math.min(SHOWN, overlays.size())))
                    + (overlays.size() > SHOWN ? ", and others" : ""));
        }
    }

    private record Written(long size, FileTime modified, long bytes) {
        boolean matches(BasicFileAttributes attributes) {
            return size == attributes.size() && modified.equals(attributes.lastModifiedTime());
        }
    }

    Volumes(VolumeRecords records) {
        this.records = records;
    }

    /** Remembers how many bytes of a new file were written, or {@link #ALL}. */
    void made(Path file, long bytes) throws IOException {
        if (bytes != ALL) {
            BasicFileAttributes attributes = attributes(file);
            written.put(file, new Written(attributes.size(), attributes.lastModifiedTime(), bytes));
        }
    }

    void forget(Path file) {
        written.remove(file);
        backings.remove(file);
    }

    void forgetAll(Path directory) {
        written.keySet().removeIf(file -> directory.equals(file.getParent()));
        backings.keySet().removeIf(file -> directory.equals(file.getParent()));
    }

    /** Returns the state of the volume whose chain this is: whole only if all files of it are. */
    VolumeState state(ImageChain chain) throws IOException {
        for (Path file : chain.files()) {
            VolumeState state = records.state(file);
            if (state != VolumeState.INTACT) {
                return state;
            }
        }
        return VolumeState.INTACT;
    }

    /**
     * Checks that there is a file.
     *
     * @throws NoSuchFileException if there is no regular file; a symbolic link is not one
     */
    static void checkThere(Path file) throws IOException {
        var unused = attributes(file);
    }

    /**
     * Returns the format of a file: what is recorded, or else what its first bytes say, which is recorded
     * from then on.
     *
     * @throws NoSuchFileException if there is no regular file; a symbolic link is not one
     */
    Format format(Path file) throws IOException {
        boolean empty = attributes(file).size() < Qcow2Header.MAGIC_LENGTH;
        Format recorded = records.format(file);
        if (recorded != null) {
            return recorded;
        }
        if (empty) {
            // Another process may be making it: it is looked at again.
            return new Format(VolumeSpec.RAW, true);
        }
        Format probed =
                new Format(Qcow2Header.isAt(file) ? VolumeSpec.QCOW2 : VolumeSpec.RAW, true);
        records.recordFormat(file, probed);
        return probed;
    }

    /**
     * Follows the chain of a volume.
     *
     * @throws ImageChain.Unsafe if the volume must not be opened as an image
     */
    ImageChain chain(PoolDirectory pool, Path file) throws IOException {
        return ImageChain.of(file, pool.path(), this::format, pool.followsProbedChains());
    }

    /** Describes a volume. */
    VolumeInfo describe(PoolDirectory pool, Path file) throws IOException {
        BasicFileAttributes attributes = attributes(file);
        String format = VolumeSpec.RAW;
        long capacity = attributes.size();
        String problem = null;
        try {
            format = format(file).name();
            if (format.equals(VolumeSpec.QCOW2)) {
                capacity = Qcow2Header.read(file).capacity();
                chain(pool, file);
            }
        } catch (ImageChain.Unsafe | Qcow2Header.Damaged | VolumeRecords.Unknown e) {
            problem = e.getMessage();
        } catch (AccessDeniedException e) {
            problem = "it may not be read: " + e.getMessage();
        }
        return new VolumeInfo(
                PoolDirectory.nameOf(file),
                format,
                capacity,
                allocation(file, attributes),
                records.state(file),
                Instant.now(),
                problem);
    }

    private long allocation(Path file, BasicFileAttributes attributes) {
        try {
            Optional<Linux> linux = LinuxSupport.linux();
            if (linux.isPresent()) {
                return linux.get().allocation(file);
            }
        } catch (IOException e) {
            log.debug("how much disk {} takes is not known", file, e);
        }
        Written known = written.get(file);
        return known != null && known.matches(attributes) ? known.bytes : attributes.size();
    }

    /**
     * Checks that no volume of the pool names a file as its backing file.
     *
     * @throws HasOverlays if some do
     */
    void checkNoOverlays(PoolDirectory pool, Path file) throws IOException {
        List<String> overlays = overlays(pool, file);
        if (!overlays.isEmpty()) {
            throw new HasOverlays(overlays);
        }
    }

    private List<String> overlays(PoolDirectory pool, Path file) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(pool.path(), pool::isNamed)) {
            for (Path entry : entries) {
                Path backing = backing(entry);
                if (backing != null && isSame(backing, file)) {
                    names.add(PoolDirectory.nameOf(entry));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(null);
        return names;
    }

    /** A file that is not there is the backing file of nothing that could be lost. */
    private static boolean isSame(Path backing, Path file) throws IOException {
        try {
            return Files.isSameFile(backing, file);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Returns what an entry names as its backing file, or null. An entry that this process may not read
     * was not made by it, and counts as none; any other failure is one of the question.
     */
    private @Nullable Path backing(Path entry) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                return null;
            }
            Backing known = backings.get(entry);
            if (known != null && known.matches(attributes)) {
                return known.file;
            }
            Instant seen = Instant.now();
            Path backing = format(entry).name().equals(VolumeSpec.QCOW2)
                    ? ImageChain.backingOf(entry)
                    : null;
            backings.put(entry, Backing.of(attributes, seen, backing));
            return backing;
        } catch (NoSuchFileException | AccessDeniedException e) {
            return null;
        } catch (Qcow2Header.Damaged | VolumeRecords.Unknown e) {
            log.debug("{} lies on nothing that is known", entry, e);
            return null;
        }
    }

    /** The backing file that an image named when it was looked at. */
    private record Backing(
            @Nullable Object key,
            long size,
            FileTime modified,
            Instant seen,
            @Nullable Path file) {
        /** A change that follows at once may leave the time of the file as it is. */
        private static final Duration CERTAIN = Duration.ofSeconds(3);

        static Backing of(BasicFileAttributes attributes, Instant seen, @Nullable Path file) {
            return new Backing(
                    attributes.fileKey(),
                    attributes.size(),
                    attributes.lastModifiedTime(),
                    seen,
                    file);
        }

        boolean matches(BasicFileAttributes attributes) {
            return Objects.equals(key, attributes.fileKey())
                    && size == attributes.size()
                    && modified.equals(attributes.lastModifiedTime())
                    && modified.toInstant().plus(CERTAIN).isBefore(seen);
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "no regular file");
        }
        return attributes;
    }
}
