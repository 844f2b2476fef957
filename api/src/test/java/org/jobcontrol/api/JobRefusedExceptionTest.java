package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.junit.jupiter.api.Test;

class JobRefusedExceptionTest {
    private static final JobRefusedException REFUSAL = new JobRefusedException(
            TargetId.of("domain", "web-01"),
            JobType.MODIFY,
            "domain.setMemory",
            Reason.TIMEOUT,
            "domain web-01: not begun",
            List.of(),
            Duration.ofSeconds(1),
            2,
            null);

    @Test
    void in_wrapped_isFound() {
        assertThat(JobRefusedException.in(REFUSAL)).containsSame(REFUSAL);
        assertThat(JobRefusedException.in(new ExecutionException(new CompletionException(REFUSAL))))
                .containsSame(REFUSAL);
    }

    @Test
    void in_anotherFailure_isEmpty() {
        assertThat(JobRefusedException.in(new ExecutionException(new IllegalStateException())))
                .isEmpty();
    }

    @Test
    void unavailable_saysTheSameUnchecked() {
        JobUnavailableException unavailable = new JobUnavailableException(REFUSAL);
        assertThat(unavailable).hasMessage("domain web-01: not begun").hasCause(REFUSAL);
        assertThat(unavailable.target()).isEqualTo(REFUSAL.target());
        assertThat(unavailable.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(unavailable.mayPass()).isFalse();
    }
}
