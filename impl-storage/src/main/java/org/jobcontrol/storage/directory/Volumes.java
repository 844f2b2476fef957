package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the files of volumes.
 *
 * <p>The JDK cannot tell how much disk a file takes. Where {@link Linux} cannot either, the allocation
 * in a {@link VolumeInfo} is what this driver wrote when it made the volume, while size and time of
 * modification show that nobody has written to it since; otherwise it is the file's size, an upper
 * bound. In the same way it is remembered what qemu-img said of an image.
 */
final class Volumes {
    /** What a filler returns that wrote the whole file. */
    static final long ALL = -1;

    private static final Logger log = LoggerFactory.getLogger(Volumes.class);

    private final Map<Path, Seen> seen = new ConcurrentHashMap<>();
    private final Marks marks;

    /** What a file was when it was looked at or made. */
    private record Seen(
            long size, FileTime modified, String format, long capacity, long allocation) {
        boolean still(BasicFileAttributes now) {
            return size == now.size() && modified.equals(now.lastModifiedTime());
        }
    }

    /** Fills a new file. */
    interface Filler {
        /** Returns how many bytes it wrote, or {@link #ALL}. */
        long fill(Path part) throws IOException, JobAbortedException, InterruptedException;
    }

    Volumes(Marks marks) {
        this.marks = marks;
    }

    /** Makes a file, and remembers how much of it was written. */
    VolumeInfo build(Path file, Job job, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        long[] written = new long[1];
        Parts.build(file, job, part -> written[0] = filler.fill(part));
        BasicFileAttributes is = attributes(file);
        long allocation = written[0] == ALL ? is.size() : written[0];
        return remember(file, is, allocation);
    }

    /** Looks at a file; a link is none. */
    VolumeInfo describe(Path file) throws IOException {
        BasicFileAttributes is = attributes(file);
        Seen known = seen.get(file);
        return known != null && known.still(is) ? info(file, known) : remember(file, is, is.size());
    }

    void forget(Path file) {
        seen.remove(file);
    }

    void forgetAll(Path directory) {
        seen.keySet().removeIf(file -> directory.equals(file.getParent()));
    }

    private VolumeInfo remember(Path file, BasicFileAttributes is, long allocation)
            throws IOException {
        String format = format(file);
        long capacity = format.equals(VolumeSpec.RAW) ? is.size() : capacity(file, format);
        Seen now = new Seen(is.size(), is.lastModifiedTime(), format, capacity, allocation);
        seen.put(file, now);
        return info(file, now);
    }

    private static String format(Path file) throws IOException {
        try {
            return ImageFormat.of(file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            log.debug("the format of {} is not known; it cannot be read", file, e);
            return VolumeSpec.RAW;
        }
    }

    private static long capacity(Path file, String format) throws IOException {
        try {
            return QemuImg.check(file, format).capacity();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Files.size(file);
        } catch (IOException e) {
            // Damaged, or not to be read, or the tool is missing: there it is all the same.
            log.debug("how large {} looks is not known", file, e);
            return Files.size(file);
        }
    }

    private VolumeInfo info(Path file, Seen is) {
        return new VolumeInfo(
                PoolDirectory.nameOf(file),
                is.format(),
                is.capacity(),
                allocation(file, is),
                marks.of(file),
                Instant.now());
    }

    private static long allocation(Path file, Seen is) {
        try {
            Optional<Linux> linux = LinuxSupport.linux();
            return linux.isPresent() ? linux.get().allocation(file) : is.allocation();
        } catch (IOException e) {
            log.debug("how much disk {} takes is not known", file, e);
            return is.allocation();
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        BasicFileAttributes is =
                Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!is.isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "no regular file");
        }
        return is;
    }
}
