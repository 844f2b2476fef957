package org.jobcontrol.storage.directory;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
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
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver for pools that are a local directory. A volume is a regular file directly in it, whose
 * name the API allows; a symbolic link is none, and never followed. Raw volumes are worked on by this
 * bundle, qcow2 ones by qemu-img.
 */
@Component(
        service = StorageDriver.class,
        configurationPid = DirectoryConfig.PID,
        property = "service.ranking:Integer=" + DirectoryDriver.RANKING)
@Designate(ocd = DirectoryConfig.class)
public final class DirectoryDriver implements StorageDriver {
    /** Below every driver of a hypervisor's pools. */
    static final int RANKING = -1000;

    private static final Logger log = LoggerFactory.getLogger(DirectoryDriver.class);

    private final String configured;

    private final Definitions definitions;
    private final VolumeRecords records;
    private final Volumes volumes;
    private final Fences fences = new Fences();
    private final ImageLocks images = new ImageLocks();
    private final VolumeBuilder builder;

    /** Changes the file of a volume. */
    private interface Change {
        void make(PoolDirectory directory, Path file)
                throws IOException, JobAbortedException, InterruptedException;
    }

    /**
     * Makes a driver that knows what was defined before.
     *
     * @param context the driver's bundle
     * @param properties the configuration
     */
    @Activate
    public DirectoryDriver(BundleContext context, Map<String, Object> properties) {
        this(StateDirectory.of(context, properties), StateDirectory.configured(properties));
    }

    /**
     * Makes a driver.
     *
     * @param stateDirectory the directory that keeps what is defined, or null to keep nothing
     */
    public DirectoryDriver(@Nullable Path stateDirectory) {
        this(
                stateDirectory == null ? null : new StateDirectory(stateDirectory.toString(), null),
                "");
    }

    private DirectoryDriver(@Nullable StateDirectory state, String configured) {
        this.configured = configured;
        this.definitions = new Definitions(state);
        this.records = new VolumeRecords(state);
        this.volumes = new Volumes(records);
        this.builder = new VolumeBuilder(volumes, records, fences, images);
    }

    /** The state stays where it is; only a start of the bundle takes another directory. */
    @Modified
    void modified(Map<String, Object> properties) {
        String next = StateDirectory.configured(properties);
        if (!next.equals(configured)) {
            log.warn(
                    "{} = '{}' is used when the bundle org.jobcontrol.storage is started again",
                    StateDirectory.KEY,
                    next);
        }
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
        new PoolDirectory(pool).checkAttributes();
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
        definitions.checkAlone(pool);
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
        definitions.checkAlone(pool);
        new PoolDirectory(pool).visit(job, entry -> {
            try {
                if (PartFile.isReserved(PoolDirectory.nameOf(entry))) {
                    PartFile.deleteAbandoned(entry);
                }
            } catch (IOException e) {
                log.warn("{} cannot be deleted and stays", entry, e);
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
            // A FileStore needs the mount point, which cannot be seen from within most chroots.
            File place = directory.path().toFile();
            long total = place.getTotalSpace();
            if (total == 0) {
                // Either the file system counts no blocks, or this throws why it does not answer.
                total = Files.getFileStore(directory.path()).getTotalSpace();
            }
            long taken = total - place.getFreeSpace();
            return new PoolInfo(
                    PoolState.ACTIVE, total, taken, place.getUsableSpace(), Instant.now());
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
        int skipped = 0;
        for (Path file : files) {
            job.checkpoint();
            job.progress(Progress.builder()
                    .parameter("volumes_total", files.size())
                    .parameter("volumes_processed", found.size() + skipped)
                    .parameter("volumes_skipped", skipped)
                    .build());
            try {
                found.add(volumes.describe(directory, file));
            } catch (NoSuchFileException e) {
                // No regular file, or one that went away just now.
            } catch (ClosedByInterruptException e) {
                throw AtomicFiles.interrupted(e);
            } catch (IOException e) {
                // One bad entry must not make all others unusable.
                skipped++;
                log.warn("pool {}: {} is left out, it cannot be looked at", pool.name(), file, e);
            }
        }
        flushRecords(pool);
        return found;
    }

    /** What was found can be probed again. */
    private void flushRecords(PoolSpec pool) {
        try {
            records.flush();
        } catch (IOException e) {
            log.warn("pool {}: the formats of its volumes cannot be recorded", pool.name(), e);
        }
    }

    // ---- volumes --------------------------------------------------------------------------------

    @Override
    public VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        return builder.create(new PoolDirectory(pool), volume, job);
    }

    @Override
    public VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        return builder.copy(new PoolDirectory(from), source, new PoolDirectory(to), copy, job);
    }

    @Override
    public void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        change(pool, volume, job, "it cannot be overwritten", (directory, file) -> {
            volumes.checkNoOverlays(directory, file);
            try (Closeable lock = images.toChange(file)) {
                wipe(file, algorithm, job);
            }
        });
    }

    private void wipe(Path file, WipeAlgorithm algorithm, AsyncJob job)
            throws IOException, JobAbortedException, InterruptedException {
        long size = Files.size(file);
        records.mark(file, VolumeState.PARTLY_WIPED);
        if (algorithm == WipeAlgorithm.TRIM) {
            Bytes.trim(file, size);
        } else {
            Bytes.overwrite(file, size, WipePasses.of(algorithm), job);
        }
        fences.pass(file, job);
        records.recordState(file, VolumeState.INTACT);
        records.flush();
    }

    @Override
    public VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        change(pool, volume, job, "its size cannot be changed", (directory, file) -> {
            ImageChain chain = volumes.chain(directory, file);
            boolean raw = chain.format().equals(VolumeSpec.RAW);
            long size = raw ? capacity : QemuImg.capacity(capacity);
            boolean smaller = size < volumes.describe(directory, file).capacity();
            if (smaller) {
                volumes.checkNoOverlays(directory, file);
            }
            job.record(Map.of(CrashCleanup.CAPACITY, String.valueOf(size)));
            if (raw) {
                try (Closeable lock = images.toChange(file)) {
                    Bytes.resize(file, size);
                }
            } else if (smaller) {
                shrink(chain, file, size, job);
            } else {
                QemuImg.resize(chain, size, false, job);
            }
        });
        return query(pool, volume, job);
    }

    /** qemu-img gives up what is cut off before it changes the capacity, so there is no way back. */
    private void shrink(ImageChain chain, Path file, long capacity, AsyncJob job)
            throws IOException, JobAbortedException, InterruptedException {
        VolumeState before = records.state(file);
        QemuImg.checkInstalled();
        images.checkUnused(file);
        job.checkpoint();
        job.abortable(false);
        records.mark(file, VolumeState.PARTLY_WRITTEN);
        QemuImg.resize(chain, capacity, true, job);
        records.recordState(file, before);
        records.flush();
    }

    @Override
    public VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            Volumes.checkThere(file);
            fences.pass(file, job);
            volumes.checkNoOverlays(directory, file);
            volumes.forget(file);
            return sink(file, offset, job);
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be written", e);
        }
    }

    private VolumeSink sink(Path file, long offset, AsyncJob job) throws IOException {
        Closeable lock = images.toChange(file);
        try {
            FileChannel channel = Bytes.openToWrite(file);
            try {
                return new UploadSink(file, channel.position(offset), lock, records, fences, job);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            Volumes.checkThere(file);
            FileChannel channel = Bytes.openToRead(file);
            try {
                return channel.position(Math.min(offset, channel.size()));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be read", e);
        }
    }

    @Override
    public void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            Volumes.checkThere(file);
            fences.pass(file, job);
            volumes.checkNoOverlays(directory, file);
            images.checkUnused(file);
            records.delete(file);
            volumes.forget(file);
            DurableFiles.syncDirectory(directory.path());
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be deleted", e);
        }
    }

    @Override
    public VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        try {
            Path file = directory.file(volume);
            return Uninterruptible.call(() -> volumes.describe(directory, file));
        } catch (IOException e) {
            throw directory.failure(volume, "it cannot be looked at", e);
        }
    }

    private void change(PoolSpec pool, String volume, Job job, String failed, Change change)
            throws StorageException, JobAbortedException, InterruptedException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            Volumes.checkThere(file);
            fences.pass(file, job);
            volumes.forget(file);
            change.make(directory, file);
        } catch (ClosedByInterruptException e) {
            throw AtomicFiles.interrupted(e);
        } catch (IOException e) {
            throw directory.failure(volume, failed, e);
        }
    }

    // ---- after a crash --------------------------------------------------------------------------

    @Override
    public Recovery recover(PoolSpec pool, InterruptedJob job) {
        return CrashCleanup.ofPool(new PoolDirectory(pool).path(), job);
    }

    @Override
    public Recovery recover(PoolSpec pool, String volume, InterruptedJob job)
            throws StorageException {
        PoolDirectory directory = new PoolDirectory(pool);
        Path file = directory.file(volume);
        try {
            return new CrashCleanup(directory, file, records, volumes).of(job);
        } catch (IOException e) {
            throw directory.failure(volume, "what a crash has left cannot be cleaned up", e);
        }
    }
}
