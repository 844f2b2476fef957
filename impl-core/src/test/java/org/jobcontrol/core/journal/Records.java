package org.jobcontrol.core.journal;

import java.time.Instant;
import java.util.Map;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.JobRecord;

/** Records to write into journals. */
final class Records {
    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00.123456789Z");

    private Records() {}

    static JobRecord running(long id) {
        return record(id, "", null);
    }

    static JobRecord inPhase(long id, String phase) {
        return record(id, phase, null);
    }

    static JobRecord ended(long id, JobOutcome outcome) {
        return record(
                id,
                "done",
                new JobRecord.End(outcome, NOON.plusSeconds(60), "Gerät voll \uD83D\uDCBE"));
    }

    /** One that began just now, as far as the history is concerned. */
    static JobRecord running(long id, long fence, TargetId target) {
        return record(id, fence, target, Instant.now(), "", null);
    }

    private static JobRecord record(long id, String phase, JobRecord.End end) {
        TargetId target = new TargetId("volume", "a" + id + ".img", TargetId.of("pool", "images"));
        return record(id, 1_000 + id, target, NOON, phase, end);
    }

    private static JobRecord record(
            long id, long fence, TargetId target, Instant queued, String phase, JobRecord.End end) {
        return new JobRecord(
                id,
                fence,
                target,
                JobType.ASYNC,
                "VOLUME_CLONE",
                "worker-3",
                "com.acme.backup",
                queued,
                queued.plusMillis(5),
                JobMask.DEFAULT,
                phase,
                Progress.ofData(100, 7),
                Map.of("file", "/var/lib/a b.img"),
                end);
    }
}
