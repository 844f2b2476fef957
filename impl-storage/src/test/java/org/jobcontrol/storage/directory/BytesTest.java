package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.Progress.Amount;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.storage.Pace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How bytes are overwritten, without a pool. */
@Timeout(60)
class BytesTest {
    private static final String FILE = "file";

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);

    @TempDir
    private Path directory;

    private Path file;
    private Job job;

    /** Makes a file a target. */
    private static final class FileAdapter implements TargetAdapter<Path> {
        @Override
        public Class<Path> type() {
            return Path.class;
        }

        @Override
        public TargetId identify(Path target) {
            return TargetId.of(FILE, target.getFileName().toString());
        }

        @Override
        public AdmissionPolicy policy() {
            return AdmissionPolicy.VOLUME;
        }
    }

    @BeforeEach
    void beginJob() throws Exception {
        file = Files.createFile(directory.resolve("a.img"));
        engine.adapters().add(new FileAdapter(), FILE, 0);
        job = engine.control("com.acme.test")
                .of(file)
                .begin(JobType.MODIFY, "wipe", Duration.ofSeconds(20));
    }

    @AfterEach
    void endJob() {
        job.close();
        engine.close();
    }

    /** 35 times 4 EiB are more than a long holds. The job is aborted after the first block. */
    @Test
    void overwrite_moreThanALongInAllPasses_beginsAndIsAborted() throws Exception {
        int passes = WipePasses.of(WipeAlgorithm.GUTMANN).size();
        WipePasses.Pass pass = (block, at) -> {
            block.put(new byte[block.remaining()]);
            job.abort();
        };
        List<WipePasses.Pass> all = Collections.nCopies(passes, pass);
        assertThatThrownBy(() -> Bytes.overwrite(file, 1L << 62, all, job))
                .isInstanceOf(JobAbortedException.class);
        assertThat(file).hasSize(Pace.BLOCK);
        Progress progress = job.info().progress();
        assertThat(progress.data()).isEqualTo(Amount.of(Long.MAX_VALUE, Pace.BLOCK));
    }

    @Test
    void symbolicLink_isNotOpened() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThatThrownBy(() -> Bytes.openToRead(link)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Bytes.openToWrite(link)).isInstanceOf(IOException.class);
    }
}
