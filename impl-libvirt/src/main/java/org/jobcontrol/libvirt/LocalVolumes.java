package org.jobcontrol.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * Volumes of libvirt's directory pools on this machine: the driver for local directories moves their
 * bytes, and libvirt is told to look again.
 */
final class LocalVolumes {
    private static final long AGAIN_MILLIS = 100;
    private static final long PATIENCE_SECONDS = 30;

    private final Hypervisor hypervisor;
    private final Libvirt libvirt;
    private final PoolCalls calls;
    private final PoolTable table;
    private final Directories directories;

    /** Finds the driver for local directories. */
    interface Directories {
        Optional<StorageDriver> driver();

        /** Finds it among those present. */
        static Optional<StorageDriver> among(@Nullable List<StorageDriver> present) {
            return present == null
                    ? Optional.empty()
                    : present.stream()
                            .filter(driver -> driver.type().equals(PoolSpec.DIRECTORY))
                            .findFirst();
        }
    }

    LocalVolumes(Hypervisor hypervisor, PoolCalls calls, PoolTable table, Directories directories) {
        this.hypervisor = hypervisor;
        this.libvirt = hypervisor.libvirt();
        this.calls = calls;
        this.table = table;
        this.directories = directories;
    }

    /** Returns whether a pool is a directory that this process may write into, as libvirt does. */
    boolean serves(PoolSpec pool) {
        boolean here = hypervisor.uri().matches("[a-z]+(\\+unix)?:///.*")
                && !hypervisor.uri().startsWith("test:");
        return here
                && directories.driver().isPresent()
                && table.spec(pool.name()).filter(LocalVolumes::isWritable).isPresent();
    }

    private static boolean isWritable(PoolSpec pool) {
        return PoolSpec.DIRECTORY.equals(pool.attributes().get(PoolSpec.LIBVIRT_TYPE))
                && Files.isDirectory(pool.path())
                && Files.isWritable(pool.path());
    }

    private StorageDriver driver(PoolSpec pool) throws StorageException {
        return directories
                .driver()
                .orElseThrow(() -> new StorageException(
                        Reason.UNSUPPORTED,
                        pool.name(),
                        null,
                        "the driver for local directories is away",
                        null));
    }

    /** Returns the pool as the other driver knows it; where it is, libvirt says. */
    private PoolSpec directory(PoolSpec pool) {
        PoolSpec its = table.spec(pool.name()).orElse(pool);
        String follow = pool.attributes().get(PoolSpec.FOLLOW_PROBED_CHAINS);
        return new PoolSpec(
                its.name(),
                PoolSpec.DIRECTORY,
                its.path(),
                follow == null ? Map.of() : Map.of(PoolSpec.FOLLOW_PROBED_CHAINS, follow));
    }

    VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        VolumeInfo made = driver(pool).create(directory(pool), volume, job);
        refresh(pool);
        return made;
    }

    VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        VolumeInfo made = driver(to).copy(directory(from), source, directory(to), copy, job);
        refresh(to);
        return made;
    }

    void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        driver(pool).wipe(directory(pool), volume, algorithm, job);
    }

    VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        VolumeInfo now = driver(pool).resize(directory(pool), volume, capacity, job);
        refresh(pool);
        return now;
    }

    Recovery recover(PoolSpec pool, String volume, InterruptedJob job) throws StorageException {
        return driver(pool).recover(directory(pool), volume, job);
    }

    /** Deletes the file of a volume, unless it is in use; what is no regular file is libvirt's alone. */
    void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        try {
            driver(pool).delete(directory(pool), volume, job);
        } catch (StorageException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
    }

    VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        return new Refreshing(pool, driver(pool).openSink(directory(pool), volume, offset, job));
    }

    ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        return driver(pool).openSource(directory(pool), volume, offset, job);
    }

    VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        return driver(pool).query(directory(pool), volume, job);
    }

    /** Returns volumes as they are to be described: what is marked here libvirt does not know. */
    List<VolumeInfo> described(PoolSpec pool, List<VolumeInfo> volumes, Job job)
            throws StorageException {
        if (!serves(pool)) {
            return volumes;
        }
        StorageDriver driver = driver(pool);
        return volumes.stream()
                .map(volume -> described(driver, directory(pool), volume, job))
                .toList();
    }

    private static VolumeInfo described(
            StorageDriver driver, PoolSpec pool, VolumeInfo volume, Job job) {
        try {
            return driver.query(pool, volume.name(), job);
        } catch (StorageException | IllegalArgumentException e) {
            // no regular file: it is libvirt's alone
            return volume;
        }
    }

    /**
     * Has libvirt look at a pool again. It refuses while another client's work runs there, and does not
     * say when that ends.
     */
    void refresh(PoolSpec pool) throws StorageException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                calls.onPool(
                        pool,
                        pointer -> libvirt.check(libvirt.virt().virStoragePoolRefresh(pointer, 0)));
                return;
            } catch (StorageException e) {
                boolean busy = e.reason() == Reason.FAILED
                        && String.valueOf(e.getMessage()).contains("asynchronous jobs running");
                if (!busy || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            }
        }
    }

    /** A sink after whose end libvirt looks again. */
    private final class Refreshing implements VolumeSink {
        private final PoolSpec pool;
        private final VolumeSink sink;

        Refreshing(PoolSpec pool, VolumeSink sink) {
            this.pool = pool;
            this.sink = sink;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return sink.write(source);
        }

        @Override
        public boolean isOpen() {
            return sink.isOpen();
        }

        @Override
        public void complete() throws IOException {
            sink.complete();
            try {
                refresh(pool);
            } catch (StorageException e) {
                throw new IOException(e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted before libvirt has looked again", e);
            }
        }

        @Override
        public void close() throws IOException {
            sink.close();
        }
    }
}
