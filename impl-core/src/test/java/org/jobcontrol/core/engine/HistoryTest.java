package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.stress.HistoryBound;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history is as long as it may be, whatever ends or changes at that moment. */
class HistoryTest {
    private static final Owner OWNER = new Owner("test", "test", 1);

    private static JobEngine engine(int size) {
        return new JobEngine(new VirtualClock(), HistoryBound.settings(size));
    }

    private static JobHandle job(JobEngine engine) {
        Rules rules = new Rules(engine, AdmissionPolicy.LIBVIRT);
        CoreJobObject object = new CoreJobObject(TargetId.of("domain", "one"), rules, null);
        JobHandle job = new JobHandle(object, JobType.MODIFY, "test", OWNER, null);
        assertThat(object.enter(job)).isTrue();
        return job;
    }

    private static List<Long> end(JobEngine engine, int jobs) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            JobHandle job = job(engine);
            job.close();
            ids.add(0, job.id());
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 1_024})
    void newest_whileOthersAreAboutToEnd_isComplete(int size) {
        try (JobEngine engine = engine(size)) {
            List<Long> ended = end(engine, size);
            for (int i = 0; i < 20; i++) {
                engine.history().add(job(engine));
            }
            assertThat(engine.history().newest(size)).extracting(JobInfo::id).isEqualTo(ended);
        }
    }

    @Test
    void end_afterTheBoundHasChanged_isRemembered() {
        try (JobEngine engine = engine(4)) {
            JobHandle job = job(engine);
            History.Ring ring = engine.history().add(job);
            engine.settings(HistoryBound.settings(5));
            assertThat(job.completePlain()).isTrue();
            engine.history().settle(job, ring);
            assertThat(engine.history().find(job.id())).isPresent();
        }
    }

    @Test
    void bound_whenItChanges_keepsTheNewestInOrder() {
        try (JobEngine engine = engine(10)) {
            List<Long> ended = end(engine, 10);
            for (int size : new int[] {7, 200, 5, 6}) {
                engine.settings(HistoryBound.settings(size));
            }
            assertThat(engine.history().newest(10))
                    .extracting(JobInfo::id)
                    .isEqualTo(ended.subList(0, 5));
            List<Long> all = end(engine, 6);
            assertThat(engine.history().newest(10)).extracting(JobInfo::id).isEqualTo(all);
            engine.settings(HistoryBound.settings(0));
            assertThat(engine.history().newest(10)).isEqualTo(Collections.emptyList());
        }
    }
}
