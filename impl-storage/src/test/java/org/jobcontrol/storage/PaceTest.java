package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;

import java.nio.file.Path;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.Progress.Amount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pace of a job reports of amounts at the edge of a long. */
@Timeout(60)
class PaceTest {
    private final StorageFixture storage = new StorageFixture();

    @TempDir
    Path directory;

    private Job job;

    @BeforeEach
    void beginJob() throws Exception {
        job = storage.pool("images", directory).jobs().begin(JobType.MODIFY, "test", LONG);
    }

    @AfterEach
    void endJob() {
        job.close();
        storage.close();
    }

    private Progress progress() {
        return job.info().progress();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 35, 0",
        "10, 0, 0",
        "4611686018427387904, 1, 4611686018427387904",
        "4611686018427387904, 2, 9223372036854775807",
        "4611686018427387904, 35, 9223372036854775807"
    })
    void total_moreThanALong_isTheMost(long bytes, int times, long total) {
        assertThat(Pace.total(bytes, times)).isEqualTo(total);
    }

    @Test
    void moved_beyondALong_staysAtTheMost() throws Exception {
        Pace pace = new Pace(job, Long.MAX_VALUE);
        pace.moved(Long.MAX_VALUE - MIB);
        assertThat(progress().data()).isEqualTo(Amount.of(Long.MAX_VALUE, Long.MAX_VALUE - MIB));
        pace.moved(2 * MIB);
        pace.skipped(MIB);
        assertThat(progress().data()).isEqualTo(Amount.of(Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(progress().bandwidth()).isNotNegative();
    }

    @Test
    void next_atTheExtremesOfBandwidth_isABlock() throws Exception {
        job.bandwidth(1);
        Pace pace = new Pace(job, Long.MAX_VALUE);
        assertThat(pace.next(Long.MAX_VALUE)).isEqualTo(1);
        job.bandwidth(Long.MAX_VALUE);
        assertThat(pace.next(Long.MAX_VALUE)).isEqualTo(Pace.BLOCK);
        pace.moved(Pace.BLOCK);
        assertThat(progress().data().processed()).isEqualTo(Pace.BLOCK);
    }
}
