package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobMaskTest {
    /** The bits that libvirt writes into a domain's status file. */
    @ParameterizedTest
    @CsvSource({
        "QUERY, 0x01",
        "DESTROY, 0x02",
        "SUSPEND, 0x04",
        "MODIFY, 0x08",
        "ABORT, 0x10",
        "MIGRATION_OP, 0x20",
        "MODIFY_MIGRATION_SAFE, 0x40",
        "ASYNC, 0x80",
        "NESTED, 0x100",
        "CHILD, 0x200"
    })
    void of_oneType_hasItsBit(JobType type, int bit) {
        assertThat(JobMask.of(type).bits()).isEqualTo(bit);
        assertThat(JobMask.of(type).types()).containsExactly(type);
    }

    @Test
    void defaultMask_isLibvirts() {
        assertThat(JobMask.DEFAULT.bits()).isEqualTo(0x13);
        assertThat(JobMask.DEFAULT)
                .isEqualTo(JobMask.of(List.of(JobType.ABORT, JobType.DESTROY, JobType.QUERY)))
                .hasToString("QUERY, DESTROY, ABORT");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "AGENT_QUERY", "AGENT_MODIFY"})
    void of_typeThatNoMaskHolds_namesIt(JobType type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobMask.of(JobType.QUERY, type))
                .withMessage("a mask cannot hold " + type + ": it has no bit");
        assertThatIllegalArgumentException().isThrownBy(() -> JobMask.NONE.with(type));
        assertThatIllegalArgumentException().isThrownBy(() -> JobMask.NONE.without(type));
        assertThat(JobMask.DEFAULT.contains(type)).isFalse();
    }

    @Test
    void withAndWithout_leaveTheOriginal() {
        JobMask wider = JobMask.DEFAULT.with(JobType.MODIFY);
        assertThat(wider.types())
                .isEqualTo(Set.of(JobType.QUERY, JobType.DESTROY, JobType.MODIFY, JobType.ABORT));
        assertThat(wider.without(JobType.MODIFY))
                .isEqualTo(JobMask.DEFAULT)
                .hasSameHashCodeAs(JobMask.DEFAULT);
        assertThat(JobMask.DEFAULT.contains(JobType.MODIFY)).isFalse();
        assertThat(wider.with(JobType.MODIFY)).isEqualTo(wider);
        assertThat(JobMask.NONE.without(JobType.QUERY)).isEqualTo(JobMask.NONE);
    }

    @Test
    void none_holdsNothing() {
        assertThat(JobMask.of()).isEqualTo(JobMask.NONE).hasToString("NONE");
        assertThat(JobMask.NONE.types()).isEmpty();
    }
}
