package org.jobcontrol.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.DirectoryFiles.Written;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The driver for pools that are a local directory. A volume is a regular file directly in it, whose
 * name the API allows; a symbolic link is none, and never followed. All volumes are raw.
 *
 * <p>The JDK cannot tell how much disk a file takes. The allocation in a {@link VolumeInfo} is what
 * this driver wrote when it made the volume, while size and time of modification show that nobody
 * has written to it since; otherwise it is the file's size, an upper bound.
 *
 * <p>Two pools cannot be one directory: their jobs would not keep each other out. Definitions are
 * kept in memory only.
 */
@Component(service = StorageDriver.class)
public final class DirectoryDriver implements StorageDriver {
    private final Map<Path, Written> written = new ConcurrentHashMap<>();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, Place> places = new TreeMap<>();

    private record Place(PoolSpec pool, Path path) {}

    private interface Visitor {
        void visit(Path entry) throws IOException;
    }

    /** Makes a driver that knows no pool. */
    @Activate
    public DirectoryDriver() {}

    @Override
    public String type() {
        return PoolSpec.DIRECTORY;
    }

    @Override
    public List<PoolSpec> list() {
        synchronized (lock) {
            return places.values().stream().map(Place::pool).toList();
        }
    }

    @Override
    public void define(PoolSpec pool) throws StorageException {
        Path path = realPath(directory(pool));
        synchronized (lock) {
            for (Place other : places.values()) {
                if (other.path.equals(path) || other.pool.name().equals(pool.name())) {
                    String detail = "pool " + other.pool.name() + " has " + other.path;
                    throw new StorageException(Reason.EXISTS, pool.name(), null, detail, null);
                }
            }
            places.put(pool.name(), new Place(pool, path));
        }
    }

    @Override
    public void undefine(PoolSpec pool, Job job) {
        synchronized (lock) {
            places.remove(pool.name());
        }
        written.keySet().removeIf(file -> directory(pool).equals(file.getParent()));
    }

    @Override
    public void start(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        visit(pool, job, entry -> {
            // No volume is being made while its pool starts: this one was, when somebody died.
            if (DirectoryFiles.isPart(nameOf(entry))) {
                Files.deleteIfExists(entry);
            }
        });
    }

    @Override
    public void stop(PoolSpec pool, Job job) {
        // A directory stays where it is.
    }

    @Override
    public PoolInfo query(PoolSpec pool, Job job) throws StorageException {
        Path directory = directory(pool);
        try {
            if (!Files.isDirectory(directory)) {
                throw new NotDirectoryException(directory.toString());
            }
            FileStore store = Files.getFileStore(directory);
            long total = store.getTotalSpace();
            long taken = total - store.getUnallocatedSpace();
            return new PoolInfo(
                    PoolState.ACTIVE, total, taken, store.getUsableSpace(), Instant.now());
        } catch (IOException e) {
            throw failure(pool, null, "its file system does not answer", e);
        }
    }

    @Override
    public List<VolumeInfo> scan(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        List<VolumeInfo> found = new ArrayList<>();
        visit(pool, job, entry -> {
            if (isNamed(pool, entry)) {
                try {
                    found.add(describe(entry));
                } catch (NoSuchFileException e) {
                    // No regular file, or one that went away just now.
                }
            }
        });
        return found;
    }

    @Override
    public VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        if (!volume.format().equals(VolumeSpec.RAW)) {
            String detail = "its format is '" + volume.format() + "', not raw";
            throw new StorageException(
                    Reason.UNSUPPORTED, pool.name(), volume.name(), detail, null);
        }
        return build(pool, volume.name(), job, part -> {
            DirectoryFiles.writeZeros(part, volume.allocation(), job);
            DirectoryFiles.extend(part, volume.capacity());
            return volume.allocation();
        });
    }

    @Override
    public VolumeInfo copy(PoolSpec from, String source, PoolSpec to, String name, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        Path original = file(from, source);
        try {
            describe(original);
            try (FileChannel in = DirectoryFiles.open(original)) {
                return build(to, name, job, part -> DirectoryFiles.copy(in, part, job));
            }
        } catch (IOException e) {
            throw failure(from, source, "it cannot be read", e);
        }
    }

    @Override
    public void wipe(PoolSpec pool, String volume, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        Path file = file(pool, volume);
        try {
            long size = describe(file).capacity();
            written.remove(file);
            DirectoryFiles.overwrite(file, size, job);
        } catch (IOException e) {
            throw failure(pool, volume, "it cannot be overwritten", e);
        }
    }

    @Override
    public void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        Path file = file(pool, volume);
        try {
            describe(file);
            Files.delete(file);
            written.remove(file);
        } catch (IOException e) {
            throw failure(pool, volume, "it cannot be deleted", e);
        }
    }

    @Override
    public VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        try {
            return describe(file(pool, volume));
        } catch (IOException e) {
            throw failure(pool, volume, "it cannot be looked at", e);
        }
    }

    private VolumeInfo build(PoolSpec pool, String name, Job job, DirectoryFiles.Filler filler)
            throws StorageException, JobAbortedException, InterruptedException {
        Path file = file(pool, name);
        try {
            Written made = DirectoryFiles.build(file, job, filler);
            written.put(file, made);
            return new VolumeInfo(name, made.size(), made.bytes(), Instant.now());
        } catch (IOException e) {
            throw failure(pool, name, "it cannot be made", e);
        }
    }

    private VolumeInfo describe(Path file) throws IOException {
        BasicFileAttributes is =
                Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!is.isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "no regular file");
        }
        Written was = written.get(file);
        long allocation = is.size();
        if (was != null
                && was.size() == is.size()
                && was.modified().equals(is.lastModifiedTime())) {
            allocation = was.bytes();
        }
        return new VolumeInfo(nameOf(file), is.size(), allocation, Instant.now());
    }

    private void visit(PoolSpec pool, AsyncJob job, Visitor visitor)
            throws StorageException, JobAbortedException, InterruptedException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory(pool))) {
            for (Path entry : entries) {
                job.checkpoint();
                visitor.visit(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw failure(pool, null, "it cannot be read", new IOException(e));
        } catch (IOException e) {
            throw failure(pool, null, "it cannot be read", e);
        }
    }

    private static Path directory(PoolSpec pool) {
        return pool.path().toAbsolutePath().normalize();
    }

    private static Path realPath(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            // It need not be there before the pool is started.
            return directory;
        }
    }

    /** Returns the file of a volume, which is in the pool's directory whatever the name. */
    private static Path file(PoolSpec pool, String volume) throws StorageException {
        VolumeSpec.checkName(VolumeAdapter.KIND, volume);
        Path directory = directory(pool);
        String detail = "the name is none for a volume";
        try {
            Path file = directory.resolve(volume).normalize();
            if (directory.equals(file.getParent()) && !DirectoryFiles.isPart(volume)) {
                return file;
            }
        } catch (InvalidPathException e) {
            detail = "the name has no form in the encoding of file names: " + e.getReason();
        }
        throw new StorageException(Reason.UNSUPPORTED, pool.name(), volume, detail, null);
    }

    /** Returns whether a directory entry has a name under which it can be asked for. */
    private static boolean isNamed(PoolSpec pool, Path entry) {
        try {
            return file(pool, nameOf(entry)).equals(entry);
        } catch (StorageException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static StorageException failure(
            PoolSpec pool, @Nullable String volume, String what, IOException e) {
        Path directory = directory(pool);
        if (!Files.isDirectory(directory)) {
            String detail = "there is no directory " + directory;
            return new StorageException(Reason.NOT_FOUND, pool.name(), null, detail, e);
        }
        Reason reason = DirectoryFiles.reason(e, directory);
        String detail = switch (reason) {
            case EXISTS -> "there is a file with that name";
            case NOT_FOUND -> "there is no regular file with that name";
            default -> what + ": " + e.getMessage();
        };
        return new StorageException(reason, pool.name(), volume, detail + " in " + directory, e);
    }
}
