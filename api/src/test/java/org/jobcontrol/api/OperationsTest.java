package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationsTest {
    /** Masks and codes as libvirt has them; an operation that libvirt has no code for says 0. */
    @ParameterizedTest
    @CsvSource({
        "START, 1, 0x02",
        "SAVE, 2, 0x13",
        "RESTORE, 3, 0x02",
        "MIGRATION_IN, 4, 0x42",
        "MIGRATION_OUT, 5, 0x77",
        "SNAPSHOT, 6, 0x02",
        "SNAPSHOT_REVERT, 7, 0x02",
        "DUMP, 8, 0x13",
        "BACKUP, 9, 0x1F",
        "SNAPSHOT_DELETE, 10, 0x13",
        "BLOCK_COPY, 0, 0x1F",
        "BLOCK_COMMIT, 0, 0x1F",
        "BLOCK_PULL, 0, 0x1F"
    })
    void domainOperation_hasLibvirtsCodeAndMask(DomainOperation operation, int code, int mask) {
        assertThat(operation.libvirtCode()).isEqualTo(code);
        assertThat(operation.defaultMask().bits()).isEqualTo(mask);
        assertThat(operation.abortable()).isTrue();
    }

    @Test
    void phases_onlyMigrationsHaveThem() {
        assertThat(Arrays.stream(DomainOperation.values())
                        .filter(operation -> !operation.phases().isEmpty()))
                .containsExactlyInAnyOrder(
                        DomainOperation.MIGRATION_OUT, DomainOperation.MIGRATION_IN);
        assertThat(DomainOperation.MIGRATION_OUT.phases()).doesNotHaveDuplicates();
    }

    @Test
    void storageOperation_onlyARefreshLetsQueriesIn() {
        for (StorageOperation operation : StorageOperation.values()) {
            JobMask mask = operation == StorageOperation.POOL_REFRESH
                    ? JobMask.of(JobType.QUERY)
                    : JobMask.NONE;
            assertThat(operation.defaultMask()).as(operation.name()).isEqualTo(mask);
        }
    }

    @Test
    void beginnable_isWhatACallerMayAskFor() {
        assertThat(Arrays.stream(JobType.values()).filter(type -> !type.beginnable()))
                .containsExactly(JobType.NONE, JobType.ASYNC, JobType.NESTED, JobType.CHILD);
        assertThat(Arrays.stream(JobType.values()).filter(JobType::agent))
                .containsExactly(JobType.AGENT_QUERY, JobType.AGENT_MODIFY);
    }
}
