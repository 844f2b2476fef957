package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.jobcontrol.api.DomainOperation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An event of a block job is for an operation of ours only if it is of that operation's type. */
class DiskJobsTest {
    /** libvirt's types are 1 to 5: pull, copy, commit, active commit, backup. */
    @ParameterizedTest
    @CsvSource({"BLOCK_PULL, 1", "BLOCK_COPY, 2", "BLOCK_COMMIT, 4"})
    void isOf_ofAllTypes_holdsForItsOwn(DomainOperation operation, int own) {
        assertThat(IntStream.rangeClosed(0, 6).filter(type -> DiskJobs.isOf(operation, type)))
                .containsExactly(own);
    }
}
