package org.jobcontrol.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.junit.jupiter.api.Test;

class AdmissionPolicyTest {
    private static AdmissionPolicy policy(Set<JobType> supported, Set<JobType> sharing) {
        return new AdmissionPolicy("LAMP", supported, true, sharing, JobMask.NONE);
    }

    @Test
    void libvirt_nothingSharesAndDestroyIsNeverMaskedOut() {
        for (JobType one : JobType.values()) {
            for (JobType other : JobType.values()) {
                assertThat(AdmissionPolicy.LIBVIRT.shares(one, other)).isFalse();
            }
        }
        assertThat(AdmissionPolicy.LIBVIRT.unmaskable()).isEqualTo(JobMask.of(JobType.DESTROY));
        assertThat(AdmissionPolicy.LIBVIRT.async()).isTrue();
        assertThat(AdmissionPolicy.SYNC_ONLY.async()).isFalse();
    }

    @Test
    void storage_queriesGoBesideOneAnotherAndVolumesJobsToo() {
        AdmissionPolicy pool = AdmissionPolicy.STORAGE_POOL;
        assertThat(pool.shares(JobType.QUERY, JobType.CHILD)).isTrue();
        assertThat(pool.shares(JobType.CHILD, JobType.CHILD)).isTrue();
        assertThat(pool.shares(JobType.QUERY, JobType.MODIFY)).isFalse();
        assertThat(AdmissionPolicy.VOLUME.shares(JobType.QUERY, JobType.QUERY)).isTrue();
        assertThat(AdmissionPolicy.VOLUME.unmaskable()).isEqualTo(JobMask.NONE);
    }

    @Test
    void supportedType_thatNoCallerBegins_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(Set.of(JobType.NESTED), Set.of()))
                .withMessage("policy LAMP: a caller cannot begin NESTED");
    }

    @Test
    void sharingType_ofAnotherSlot_isRefused() {
        for (JobType type : Set.of(
                JobType.AGENT_QUERY,
                JobType.AGENT_MODIFY,
                JobType.ASYNC,
                JobType.NESTED,
                JobType.NONE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policy(Set.of(JobType.QUERY), Set.of(type)))
                    .withMessage("policy LAMP: " + type + " cannot share the job slot");
        }
    }
}
