package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a job in a directory whose process died, and cleans up after it. */
final class CrashCleanup {
    /*
     *   job                    | what is there               | what is done     | outcome
     *   -----------------------+-----------------------------+------------------+-----------------
     *   create, clone          | the volume, perhaps its part| part is deleted  | COMPLETED
     *                          | only the part, or nothing   | part is deleted  | ABORTED
     *                          | its part, and an empty file | both are deleted | ABORTED
     *   wipe, upload           | the volume with its mark    | it stays marked  | ABORTED
     *                          | the volume without          | nothing          | ORPHANED
     *   resize                 | the volume as it was to be  | nothing          | COMPLETED
     *                          | the volume otherwise        | nothing          | ORPHANED
     *   delete                 | the volume                  | nothing          | ABORTED
     *                          | nothing                     | nothing          | COMPLETED
     *   of a pool: build       | the directory               | nothing          | COMPLETED
     *                          | nothing                     | nothing          | ABORTED
     *   delete                 | the directory               | nothing          | ABORTED
     *                          | nothing                     | nothing          | COMPLETED
     *   stop                   | a pool that is not active   | nothing          | COMPLETED
     *   start, refresh         | the same                    | nothing          | ABORTED
     *
     * A mark is put before the first byte is overwritten, and goes after the last: a volume without one
     * was not touched yet, or is done. Where files have no marks that outlive a process, it is marked.
     */
    static final String CAPACITY = "capacity";

    private final PoolDirectory directory;
    private final Path file;
    private final VolumeRecords records;
    private final Volumes volumes;

    CrashCleanup(PoolDirectory directory, Path file, VolumeRecords records, Volumes volumes) {
        this.directory = directory;
        this.file = file;
        this.records = records;
        this.volumes = volumes;
    }

    /** Cleans up after a job on the volume. */
    Recovery of(InterruptedJob job) throws IOException {
        return switch (job.operation()) {
            case "VOLUME_CREATE", "VOLUME_CLONE" -> ofBuild(parts(job));
            case "VOLUME_WIPE" -> ofWrite(VolumeState.PARTLY_WIPED);
            case "VOLUME_UPLOAD" -> ofWrite(VolumeState.PARTLY_WRITTEN);
            case "VOLUME_RESIZE" -> ofResize(job.attributes().get(CAPACITY));
            default -> ofDelete();
        };
    }

    private List<Path> parts(InterruptedJob job) throws IOException {
        List<Path> parts = new ArrayList<>();
        String prefix = PartFile.prefix(job.id(), job.fence());
        if (Files.isDirectory(directory.path())) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(
                    directory.path(),
                    entry -> PartFile.isPart(entry)
                            && PoolDirectory.nameOf(entry).startsWith(prefix))) {
                found.forEach(parts::add);
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return parts;
    }

    private Recovery ofBuild(List<Path> parts) throws IOException {
        boolean half = false;
        for (Path part : parts) {
            half |= ofPart(part);
        }
        if (there()) {
            return Recovery.ended(JobOutcome.COMPLETED, "the volume was whole");
        }
        return Recovery.ended(
                JobOutcome.ABORTED,
                half ? "what there was of the volume is deleted" : "nothing was there yet");
    }

    /** Deletes a part; returns whether it was abandoned. */
    private boolean ofPart(Path part) throws IOException {
        boolean reserved = there() && !Files.isSameFile(file, part) && Files.size(file) == 0;
        boolean half = PartFile.deleteAbandoned(part);
        if (half && reserved) {
            // where there are no hard links, an empty file has the name until the part gets it
            Files.delete(file);
        }
        return half;
    }

    private Recovery ofWrite(VolumeState half) throws IOException {
        if (!there()) {
            return Recovery.ended(JobOutcome.ORPHANED, "the volume is gone");
        }
        if (records.outlive(file) && records.state(file) == VolumeState.INTACT) {
            return Recovery.ended(
                    JobOutcome.ORPHANED, "the volume has no mark: it was not begun, or was done");
        }
        records.mark(file, half);
        return Recovery.ended(JobOutcome.ABORTED, "the volume is marked " + half);
    }

    private Recovery ofResize(@Nullable String wanted) throws IOException {
        if (!there()) {
            return Recovery.ended(JobOutcome.ORPHANED, "the volume is gone");
        }
        long capacity = volumes.describe(directory, file).capacity();
        boolean done = String.valueOf(capacity).equals(wanted);
        return Recovery.ended(
                done ? JobOutcome.COMPLETED : JobOutcome.ORPHANED,
                "the volume has " + capacity + " bytes");
    }

    private Recovery ofDelete() {
        return there()
                ? Recovery.ended(JobOutcome.ABORTED, "the volume is still there")
                : Recovery.ended(JobOutcome.COMPLETED, "the volume is gone");
    }

    private boolean there() {
        return Files.exists(file, NOFOLLOW_LINKS);
    }

    /** Says what became of a job on a pool: there is nothing that it can have left half done. */
    static Recovery ofPool(Path directory, InterruptedJob job) {
        boolean there = Files.isDirectory(directory);
        String what = directory + (there ? " is there" : " is not there");
        return switch (job.operation()) {
            case "POOL_BUILD" -> ended(there, what);
            case "pool.delete" -> ended(!there, what);
            default -> ended(job.type() == JobType.DESTROY, "the pool is not active");
        };
    }

    private static Recovery ended(boolean done, String what) {
        return Recovery.ended(done ? JobOutcome.COMPLETED : JobOutcome.ABORTED, what);
    }
}
