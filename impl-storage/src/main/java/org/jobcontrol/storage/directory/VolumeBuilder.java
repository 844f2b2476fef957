package org.jobcontrol.storage.directory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.jspecify.annotations.Nullable;

/** Makes volumes: new ones, and copies of others. Safe for use by many threads. */
final class VolumeBuilder {
    private final Volumes volumes;
    private final VolumeRecords records;
    private final Fences fences;
    private final ImageLocks images;

    /** Fills the file of a new volume, and records its format. */
    private interface Filler {
        /** Returns how many bytes it wrote, or {@link Volumes#ALL}. */
        long fill(Path part) throws IOException, JobAbortedException, InterruptedException;
    }

    VolumeBuilder(Volumes volumes, VolumeRecords records, Fences fences, ImageLocks images) {
        this.images = images;
        this.volumes = volumes;
        this.records = records;
        this.fences = fences;
    }

    /** Makes a new volume. */
    VolumeInfo create(PoolDirectory pool, VolumeSpec spec, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        String backing = spec.attributes().get(VolumeSpec.BACKING);
        Path below = backing == null ? null : pool.file(backing);
        return build(pool, spec, job, part -> {
            checkFormat(spec, below != null);
            records.recordFormat(part, new Format(spec.format(), false));
            if (spec.format().equals(VolumeSpec.QCOW2)) {
                createImage(pool, below, part, spec, job);
                return Volumes.ALL;
            }
            fillRaw(part, spec, job);
            return spec.allocation();
        });
    }

    private static void checkFormat(VolumeSpec spec, boolean backed)
            throws PoolDirectory.Unsupported {
        boolean qcow2 = spec.format().equals(VolumeSpec.QCOW2);
        if (!qcow2 && !spec.format().equals(VolumeSpec.RAW)) {
            throw new PoolDirectory.Unsupported(
                    "its format is '" + spec.format() + "', neither raw nor qcow2");
        }
        if (!qcow2 && backed) {
            throw new PoolDirectory.Unsupported("a raw volume lies on no other");
        }
        if (qcow2 && spec.allocation() > 0) {
            throw new PoolDirectory.Unsupported(
                    "a qcow2 volume takes space only where it is written");
        }
    }

    private void createImage(
            PoolDirectory pool, @Nullable Path below, Path part, VolumeSpec spec, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        if (below == null) {
            QemuImg.create(part, spec.capacity(), null, job);
            return;
        }
        ImageChain chain = volumes.chain(pool, below);
        if (!chain.mayGrow()) {
            throw new PoolDirectory.Unsupported("no volume can lie on " + below
                    + ", whose chain has as many as " + chain.length() + " files already");
        }
        inherit(part, volumes.state(chain));
        try (Closeable lock = images.toRead(below)) {
            QemuImg.create(part, spec.capacity(), new QemuImg.Backing(below, chain.format()), job);
        }
    }

    /** A volume that is made of one that is not whole is not whole. */
    private void inherit(Path part, VolumeState state) throws IOException {
        if (state != VolumeState.INTACT) {
            records.recordState(part, state);
        }
    }

    private static void fillRaw(Path part, VolumeSpec spec, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        if (VolumeSpec.FULL.equals(spec.attributes().get(VolumeSpec.PREALLOCATION))) {
            Bytes.overwrite(part, spec.allocation(), WipePasses.of(WipeAlgorithm.ZERO), job);
        } else {
            Bytes.allocate(part, spec.allocation(), job);
        }
        try (FileChannel file = Bytes.openToWrite(part)) {
            Bytes.extend(file, spec.capacity());
        }
    }

    /** Makes a volume as a copy of another. */
    VolumeInfo copy(PoolDirectory from, String source, PoolDirectory to, VolumeSpec spec, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        Path original = from.file(source);
        Source read;
        try {
            read = read(from, original, spec.format());
        } catch (ClosedByInterruptException e) {
            throw AtomicFiles.interrupted(e);
        } catch (IOException e) {
            throw from.failure(source, "it cannot be read", e);
        }
        return build(to, spec, job, part -> {
            checkFormat(spec, false);
            if (spec.attributes().containsKey(VolumeSpec.BACKING)) {
                throw new PoolDirectory.Unsupported("a copy lies on no other volume");
            }
            inherit(part, read.state());
            if (read.isTakenAsItIs()) {
                records.recordFormat(part, new Format(spec.format(), read.found()));
                try (Closeable lock = images.toRead(original)) {
                    return Bytes.copy(original, part, job);
                }
            }
            records.recordFormat(part, new Format(spec.format(), false));
            QemuImg.convert(read.chain(), read.capacity(), part, spec.format(), job);
            return Volumes.ALL;
        });
    }

    /**
     * What a copy is made from.
     *
     * @param chain the files that it is read from
     * @param capacity how large it looks, in bytes
     * @param state whether it is whole
     * @param isTakenAsItIs whether its bytes are copied, and not converted
     * @param found whether its content comes from elsewhere
     */
    private record Source(
            ImageChain chain,
            long capacity,
            VolumeState state,
            boolean isTakenAsItIs,
            boolean found) {}

    private Source read(PoolDirectory pool, Path file, String format) throws IOException {
        ImageChain chain = volumes.chain(pool, file);
        boolean same = chain.format().equals(format);
        boolean raw = chain.format().equals(VolumeSpec.RAW);
        Qcow2Header header = raw ? null : Qcow2Header.read(file);
        long capacity = header == null ? Files.size(file) : header.capacity();
        long snapshots = header == null ? 0 : header.snapshots();
        if (snapshots > 0 && (!same || chain.hasBacking())) {
            throw new PoolDirectory.Unsupported("it has " + snapshots
                    + " internal snapshots, which only a copy to qcow2 of an image without a backing"
                    + " file keeps");
        }
        if (raw && !same && capacity % QemuImg.SECTOR != 0) {
            throw new PoolDirectory.Unsupported("it has " + capacity + " bytes, and a copy in "
                    + format + " would have more: a multiple of " + QemuImg.SECTOR);
        }
        return new Source(
                chain,
                capacity,
                volumes.state(chain),
                same && (raw || snapshots > 0),
                volumes.format(file).found());
    }

    private VolumeInfo build(PoolDirectory pool, VolumeSpec spec, Job job, Filler filler)
            throws StorageException, JobAbortedException, InterruptedException {
        Path file = pool.file(spec.name());
        long[] written = new long[1];
        try {
            fences.pass(file, job);
            AtomicFiles.build(file, job, part -> written[0] = fill(file, part, job, filler));
            // There is a volume now, so an interrupt comes too late.
            return Uninterruptible.call(() -> {
                volumes.made(file, written[0]);
                return volumes.describe(pool, file);
            });
        } catch (IOException e) {
            throw pool.failure(spec.name(), "it cannot be made", e);
        }
    }

    private long fill(Path file, Path part, Job job, Filler filler)
            throws IOException, JobAbortedException, InterruptedException {
        boolean filled = false;
        try {
            long written = filler.fill(part);
            records.flush();
            fences.pass(file, job);
            filled = true;
            return written;
        } finally {
            if (!filled) {
                records.forget(part);
            }
        }
    }
}
