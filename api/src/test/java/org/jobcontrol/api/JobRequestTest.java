package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobRequestTest {
    /** A request only carries it along. */
    private static final JobObject OBJECT = (JobObject) Proxy.newProxyInstance(
            JobObject.class.getClassLoader(),
            new Class<?>[] {JobObject.class},
            (proxy, method, arguments) -> "job object");

    @Test
    void of_asyncOperation_isAnAsyncJobOfItsName() {
        JobRequest request = JobRequest.of(OBJECT, DomainOperation.SAVE, JobMask.DEFAULT);
        assertThat(request.type()).isEqualTo(JobType.ASYNC);
        assertThat(request.operation()).isEqualTo("SAVE");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "NESTED", "CHILD"})
    void of_typeThatNoCallerBegins_isRefused(JobType type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobRequest.of(OBJECT, type, "x"))
                .withMessage("a caller cannot begin a job of type " + type);
    }

    @Test
    void asyncWithoutOperationOrMask_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobRequest.of(OBJECT, JobType.ASYNC, "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new JobRequest(OBJECT, JobType.MODIFY, "x", null, JobMask.DEFAULT));
    }

    @Test
    @SuppressWarnings("NullAway") // that is what the test is about
    void blankOrNull_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobRequest.of(OBJECT, JobType.QUERY, " "))
                .withMessage("blank operation");
        assertThatNullPointerException()
                .isThrownBy(() -> JobRequest.of(null, JobType.QUERY, "x"))
                .withMessage("object");
        assertThatNullPointerException()
                .isThrownBy(() -> JobRequest.of(OBJECT, null, JobMask.DEFAULT))
                .withMessage("operation");
    }
}
