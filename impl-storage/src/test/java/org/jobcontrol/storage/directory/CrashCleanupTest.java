package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.VolumeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the table in {@link CrashCleanup}, by a driver that has just started. */
class CrashCleanupTest {
    private static final TargetId POOL = TargetId.of("pool", "images");
    private static final TargetId VOLUME = new TargetId("volume", "a.img", POOL);

    @TempDir
    private Path home;

    private final VolumeRecords records = new VolumeRecords(null);
    private final DirectoryDriver driver = new DirectoryDriver((Path) null);
    private PoolSpec pool;
    private Path directory;
    private Path file;
    private Path part;

    /** A job as the journal has it. */
    private record Interrupted(
            JobType type, String operation, TargetId target, Map<String, String> attributes)
            implements InterruptedJob {
        @Override
        public long id() {
            return 7;
        }

        @Override
        public long fence() {
            return 4711;
        }

        @Override
        public Optional<String> phase() {
            return Optional.empty();
        }

        @Override
        public Progress progress() {
            return Progress.NONE;
        }

        @Override
        public Instant started() {
            return Instant.EPOCH;
        }

        @Override
        public AsyncJob goOn(AsyncOperation operation, JobMask mask) {
            throw new UnsupportedOperationException("nothing in a directory goes on by itself");
        }
    }

    @BeforeEach
    void makePool() throws IOException {
        directory = Files.createDirectory(home.resolve("images"));
        pool = PoolSpec.directory("images", directory);
        file = directory.resolve("a.img");
        part = directory.resolve(PartFile.prefix(7, 4711) + "a.part");
    }

    private Recovery recover(StorageOperation what) throws StorageException {
        return recover(what, Map.of());
    }

    private Recovery recover(StorageOperation what, Map<String, String> attributes)
            throws StorageException {
        return recover(new Interrupted(JobType.ASYNC, what.name(), VOLUME, attributes));
    }

    private Recovery recover(Interrupted job) throws StorageException {
        return driver.recover(pool, "a.img", job);
    }

    private VolumeState state() throws IOException {
        return records.state(file);
    }

    // ---- create, clone --------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"VOLUME_CREATE", "VOLUME_CLONE"})
    void build_whoseVolumeHasItsName_isDone(StorageOperation build) throws Exception {
        Files.writeString(file, "whole");
        Files.createLink(part, file);
        assertThat(recover(build).outcome()).isEqualTo(JobOutcome.COMPLETED);
        assertThat(file).hasContent("whole");
        assertThat(part).doesNotExist();
        assertThat(recover(build).outcome()).isEqualTo(JobOutcome.COMPLETED);
    }

    /** An empty volume and its part are one file then. */
    @Test
    void build_ofAnEmptyVolume_isDone() throws Exception {
        Files.createFile(file);
        Files.createLink(part, file);
        assertThat(recover(StorageOperation.VOLUME_CREATE).outcome())
                .isEqualTo(JobOutcome.COMPLETED);
        assertThat(file).exists();
        assertThat(part).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"VOLUME_CREATE", "VOLUME_CLONE"})
    void build_thatIsHalfDone_isTakenBack(StorageOperation build) throws Exception {
        Files.writeString(part, "half");
        Path other = Files.writeString(
                directory.resolve(PartFile.prefix(8, 4712) + "a.part"), "of another job");
        assertThat(recover(build))
                .isEqualTo(Recovery.ended(
                        JobOutcome.ABORTED, "what there was of the volume is deleted"));
        assertThat(part).doesNotExist();
        assertThat(file).doesNotExist();
        assertThat(other).exists();
        assertThat(recover(build))
                .isEqualTo(Recovery.ended(JobOutcome.ABORTED, "nothing was there yet"));
    }

    /** Where there are no hard links. */
    @Test
    void build_whoseNameIsOnlyReserved_isTakenBack() throws Exception {
        Files.writeString(part, "half, or whole");
        Files.createFile(file);
        assertThat(recover(StorageOperation.VOLUME_CREATE).outcome()).isEqualTo(JobOutcome.ABORTED);
        assertThat(directory).isEmptyDirectory();
    }

    // ---- wipe, upload ---------------------------------------------------------------------------

    @Test
    void write_ofAMarkedVolume_leavesItMarked() throws Exception {
        Files.writeString(file, "half");
        assumeTrue(records.outlive(file), "no extended attributes in " + file);
        records.recordState(file, VolumeState.PARTLY_WIPED);
        assertThat(recover(StorageOperation.VOLUME_WIPE).outcome()).isEqualTo(JobOutcome.ABORTED);
        assertThat(state()).isEqualTo(VolumeState.PARTLY_WIPED);
        records.recordState(file, VolumeState.PARTLY_WRITTEN);
        assertThat(recover(StorageOperation.VOLUME_UPLOAD).outcome()).isEqualTo(JobOutcome.ABORTED);
        assertThat(state()).isEqualTo(VolumeState.PARTLY_WRITTEN);
        assertThat(file).hasContent("half");
    }

    @ParameterizedTest
    @EnumSource(names = {"VOLUME_WIPE", "VOLUME_UPLOAD"})
    void write_ofAVolumeWithoutMark_isUnknown(StorageOperation write) throws Exception {
        Files.writeString(file, "as before, or done");
        assumeTrue(records.outlive(file), "no extended attributes in " + file);
        assertThat(recover(write).outcome()).isEqualTo(JobOutcome.ORPHANED);
        assertThat(state()).isEqualTo(VolumeState.INTACT);
        Files.delete(file);
        assertThat(recover(write))
                .isEqualTo(Recovery.ended(JobOutcome.ORPHANED, "the volume is gone"));
        assertThat(directory).isEmptyDirectory();
    }

    // ---- resize, delete -------------------------------------------------------------------------

    @Test
    void resize_isDoneIfTheVolumeHasTheSize() throws Exception {
        Files.writeString(file, "12345");
        StorageOperation resize = StorageOperation.VOLUME_RESIZE;
        assertThat(recover(resize, Map.of("capacity", "5")).outcome())
                .isEqualTo(JobOutcome.COMPLETED);
        assertThat(recover(resize, Map.of("capacity", "6")).outcome())
                .isEqualTo(JobOutcome.ORPHANED);
        assertThat(recover(resize).outcome()).isEqualTo(JobOutcome.ORPHANED);
        assertThat(file).hasContent("12345");
        Files.delete(file);
        assertThat(recover(resize, Map.of("capacity", "5")).outcome())
                .isEqualTo(JobOutcome.ORPHANED);
    }

    @Test
    void delete_isDoneIfTheVolumeIsGone() throws Exception {
        Files.writeString(file, "there");
        Interrupted delete = new Interrupted(JobType.DESTROY, "volume.delete", VOLUME, Map.of());
        assertThat(recover(delete).outcome()).isEqualTo(JobOutcome.ABORTED);
        assertThat(file).hasContent("there");
        Files.delete(file);
        assertThat(recover(delete).outcome()).isEqualTo(JobOutcome.COMPLETED);
    }

    // ---- pools ----------------------------------------------------------------------------------

    @Test
    void pool_hasNothingHalfDone() throws Exception {
        assertPoolJob(JobType.ASYNC, "POOL_BUILD", JobOutcome.COMPLETED);
        assertPoolJob(JobType.DESTROY, "pool.delete", JobOutcome.ABORTED);
        assertPoolJob(JobType.DESTROY, "pool.stop", JobOutcome.COMPLETED);
        assertPoolJob(JobType.ASYNC, "POOL_START", JobOutcome.ABORTED);
        assertPoolJob(JobType.ASYNC, "POOL_REFRESH", JobOutcome.ABORTED);
        Files.delete(directory);
        assertPoolJob(JobType.ASYNC, "POOL_BUILD", JobOutcome.ABORTED);
        assertPoolJob(JobType.DESTROY, "pool.delete", JobOutcome.COMPLETED);
    }

    private void assertPoolJob(JobType type, String operation, JobOutcome outcome) {
        Interrupted job = new Interrupted(type, operation, POOL, Map.of());
        assertThat(driver.recover(pool, job).outcome()).as(operation).isEqualTo(outcome);
    }
}
