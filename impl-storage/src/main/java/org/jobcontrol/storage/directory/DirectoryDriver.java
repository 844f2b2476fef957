package org.jobcontrol.storage.directory;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The driver for pools that are a local directory. A volume is a regular file directly in it, whose
 * name the API allows; a symbolic link is none, and never followed. Raw volumes are worked on by this
 * bundle, qcow2 ones by qemu-img.
 */
@Component(service = StorageDriver.class)
public final class DirectoryDriver implements StorageDriver {
    private final Definitions definitions;
    private final Marks marks = new Marks();
    private final Volumes volumes = new Volumes(marks);
    private final Fences fences = new Fences();

    /** What is done with the file of a volume. */
    private interface Work {
        void on(Path file, VolumeInfo before)
                throws IOException, JobAbortedException, InterruptedException;
    }

    /**
     * Makes a driver that knows what was defined before.
     *
     * @param context whose data area keeps the definitions
     */
    @Activate
    public DirectoryDriver(BundleContext context) {
        this(pathOf(context.getDataFile("")));
    }

    /**
     * Makes a driver.
     *
     * @param definitions the directory that keeps what is defined, or null to keep nothing
     */
    public DirectoryDriver(@Nullable Path definitions) {
        this.definitions = new Definitions(definitions);
    }

    /** A framework without a file system has no data area. */
    private static @Nullable Path pathOf(@Nullable File dataArea) {
        return dataArea == null ? null : dataArea.toPath();
    }

    @Override
    public String type() {
        return PoolSpec.DIRECTORY;
    }

    // ---- pools ----------------------------------------------------------------------------------

    @Override
    public List<PoolSpec> list() {
        return definitions.list();
    }

    @Override
    public void define(PoolSpec pool) throws StorageException {
        definitions.add(pool);
    }

    @Override
    public void undefine(PoolSpec pool, Job job) throws StorageException {
        definitions.remove(pool);
        volumes.forgetAll(new PoolDirectory(pool).path());
        fences.forgetAll(new PoolDirectory(pool).path());
    }

    @Override
    public void build(PoolSpec pool, AsyncJob job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        try {
            Files.createDirectories(directory.path());
        } catch (IOException e) {
            String detail = "the directory " + directory.path() + " cannot be made: ";
            throw new StorageException(Reason.IO, pool.name(), null, detail + e.getMessage(), e);
        }
    }

    @Override
    public void delete(PoolSpec pool, Job job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        try {
            Files.delete(directory.path());
        } catch (DirectoryNotEmptyException e) {
            String detail = "the directory " + directory.path() + " is not empty";
            throw new StorageException(Reason.INVALID_STATE, pool.name(), null, detail, e);
        } catch (IOException e) {
            throw directory.failure(null, "it cannot be removed", e);
        }
    }

    @Override
    public void start(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        new PoolDirectory(pool).visit(job, entry -> {
            // No volume is being made while its pool starts: this one was, when somebody died.
            if (Parts.isPart(PoolDirectory.nameOf(entry))) {
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
        PoolDirectory directory = new PoolDirectory(pool);
        try {
            if (!Files.isDirectory(directory.path())) {
                throw new NotDirectoryException(directory.path().toString());
            }
            FileStore store = Files.getFileStore(directory.path());
            long total = store.getTotalSpace();
            long taken = total - store.getUnallocatedSpace();
            return new PoolInfo(
                    PoolState.ACTIVE, total, taken, store.getUsableSpace(), Instant.now());
        } catch (IOException e) {
            throw directory.failure(null, "its file system does not answer", e);
        }
    }

    @Override
    public List<VolumeInfo> scan(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        PoolDirectory directory = new PoolDirectory(pool);
        List<Path> files = new ArrayList<>();
        directory.visit(job, entry -> {
            if (directory.isNamed(entry)) {
                files.add(entry);
            }
        });
        List<VolumeInfo> found = new ArrayList<>();
        for (Path file : files) {
            job.checkpoint();
            // An image's size is its tool's to say, which takes its time.
            job.progress(Progress.builder()
                    .parameter("volumes_total", files.size())
                    .parameter("volumes_processed", found.size())
                    .build());
            try {
                found.add(volumes.describe(file));
            } catch (NoSuchFileException e) {
                // No regular file, or one that went away just now.
            } catch (IOException e) {
                throw directory.failure(PoolDirectory.nameOf(file), "it cannot be looked at", e);
            }
        }
        return found;
    }

    // ---- volumes --------------------------------------------------------------------------------

    @Override
    public VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        String backing = volume.attributes().get(VolumeSpec.BACKING);
        checkFormat(pool, volume, backing != null);
        boolean full = VolumeSpec.FULL.equals(volume.attributes().get(VolumeSpec.PREALLOCATION));
        Path below = backing == null ? null : new PoolDirectory(pool).file(backing);
        return build(pool, volume.name(), job, part -> {
            if (volume.format().equals(VolumeSpec.QCOW2)) {
                if (below != null) {
                    volumes.describe(below);
                }
                QemuImg.create(part, volume.format(), volume.capacity(), below, job);
                return Volumes.ALL;
            }
            if (full) {
                Bytes.overwrite(part, volume.allocation(), WipePasses.of(WipeAlgorithm.ZERO), job);
            } else {
                Bytes.allocate(part, volume.allocation(), job);
            }
            try (FileChannel file = Bytes.openToWrite(part)) {
                Bytes.extend(file, volume.capacity());
            }
            return volume.allocation();
        });
    }

    @Override
    public VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        checkFormat(to, copy, false);
        PoolDirectory directory = new PoolDirectory(from);
        Path original = directory.file(source);
        VolumeInfo before;
        try {
            before = volumes.describe(original);
        } catch (IOException e) {
            throw directory.failure(source, "it cannot be read", e);
        }
        boolean raw =
                before.format().equals(VolumeSpec.RAW) && copy.format().equals(VolumeSpec.RAW);
        VolumeInfo made = build(to, copy.name(), job, part -> {
            if (raw) {
                return Bytes.copy(original, part, job);
            }
            QemuImg.convert(original, before.format(), part, copy.format(), job);
            return Volumes.ALL;
        });
        if (before.state() == VolumeState.INTACT) {
            return made;
        }
        // A copy of what is not whole is not whole.
        marks.put(new PoolDirectory(to).file(copy.name()), before.state());
        return query(to, copy.name(), job);
    }

    @Override
    public void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        change(pool, volume, job, "it cannot be overwritten", (file, before) -> {
            long size = Files.size(file);
            marks.put(file, VolumeState.PARTLY_WIPED);
            if (algorithm == WipeAlgorithm.TRIM) {
                try (FileChannel channel = Bytes.openToWrite(file)) {
                    channel.truncate(0);
                    Bytes.extend(channel, size);
                    channel.force(true);
                }
            } else {
                Bytes.overwrite(file, size, WipePasses.of(algorithm), job);
            }
            fences.pass(file, job);
            marks.clear(file);
        });
    }

    @Override
    public VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        change(pool, volume, job, "its size cannot be changed", (file, before) -> {
            boolean smaller = capacity < before.capacity();
            job.record(Map.of(Remains.CAPACITY, String.valueOf(capacity)));
            if (before.format().equals(VolumeSpec.QCOW2)) {
                QemuImg.resize(file, before.format(), capacity, smaller, job);
                return;
            }
            try (FileChannel channel = Bytes.openToWrite(file)) {
                if (smaller) {
                    channel.truncate(capacity);
                } else {
                    Bytes.extend(channel, capacity);
                }
                channel.force(true);
            }
        });
        return query(pool, volume, job);
    }

    @Override
    public VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            volumes.describe(file);
            fences.pass(file, job);
            FileChannel channel = Bytes.openToWrite(file);
            try {
                volumes.forget(file);
                marks.put(file, VolumeState.PARTLY_WRITTEN);
                return new UploadSink(file, channel.position(offset), marks, fences, job);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be written", e);
        }
    }

    @Override
    public ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            volumes.describe(file);
            return Bytes.openToRead(file).position(offset);
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be read", e);
        }
    }

    @Override
    public void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            volumes.describe(file);
            fences.pass(file, job);
            Files.delete(file);
            marks.clear(file);
            volumes.forget(file);
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be deleted", e);
        }
    }

    @Override
    public VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        try {
            return volumes.describe(directory.file(volume));
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be looked at", e);
        }
    }

    // ---- after a crash --------------------------------------------------------------------------

    @Override
    public Recovery recover(PoolSpec pool, InterruptedJob job) {
        return Remains.ofPool(new PoolDirectory(pool).path(), job);
    }

    @Override
    public Recovery recover(PoolSpec pool, String volume, InterruptedJob job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            return new Remains(file, marks, volumes).of(job);
        } catch (IOException e) {
            throw directory.failure(volume, "what a crash has left cannot be cleaned up", e);
        }
    }

    // ---- how ------------------------------------------------------------------------------------

    private static void checkFormat(PoolSpec pool, VolumeSpec volume, boolean backed)
            throws StorageException {
        boolean qcow2 = volume.format().equals(VolumeSpec.QCOW2);
        String detail = null;
        if (!qcow2 && !volume.format().equals(VolumeSpec.RAW)) {
            detail = "its format is '" + volume.format() + "', neither raw nor qcow2";
        } else if (!qcow2 && backed) {
            detail = "a raw volume lies on no other";
        } else if (qcow2 && volume.allocation() > 0) {
            detail = "a qcow2 volume takes space only where it is written";
        }
        if (detail != null) {
            throw new StorageException(
                    Reason.UNSUPPORTED, pool.name(), volume.name(), detail, null);
        }
    }

    private VolumeInfo build(PoolSpec pool, String name, Job job, Volumes.Filler filler)
            throws StorageException, JobAbortedException, InterruptedException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(name);
        try {
            fences.pass(file, job);
            return volumes.build(file, job, part -> {
                long written = filler.fill(part);
                fences.pass(file, job);
                return written;
            });
        } catch (IOException e) {
            throw directory.failure(name, "it cannot be made", e);
        }
    }

    private void change(PoolSpec pool, String volume, Job job, String what, Work work)
            throws StorageException, JobAbortedException, InterruptedException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            VolumeInfo before = volumes.describe(file);
            fences.pass(file, job);
            volumes.forget(file);
            work.on(file, before);
        } catch (ClosedByInterruptException e) {
            throw Parts.interrupted(e);
        } catch (IOException e) {
            throw directory.failure(volume, what, e);
        }
    }
}
