package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;

/** What a start makes of what a journal has: numbers, a history, and jobs to recover. */
final class Restart {
    private final JobEngine engine;

    Restart(JobEngine engine) {
        this.engine = engine;
    }

    /** Goes on where some jobs were left. */
    void goOn(List<JobRecord> found) {
        reserveNumbers();
        List<JobRecord> over = new ArrayList<>();
        List<JobRecord> open = new ArrayList<>();
        Map<TargetId, JobRecord> lastAsync = lastAsync(found);
        for (JobRecord job : found) {
            JobRecord follower = lastAsync.get(job.target());
            if (job.end() != null) {
                over.add(job);
            } else if (job.type() == JobType.ASYNC
                    && follower != null
                    && follower.id() != job.id()) {
                over.add(ended(job, follower));
            } else {
                open.add(job);
            }
        }
        remember(over);
        engine.recoveries().found(open);
    }

    /** The first numbers are reserved before anybody gets one. */
    private void reserveNumbers() {
        AtomicBoolean first = new AtomicBoolean(true);
        engine.numbers().reserveWith((id, fence, done) -> {
            Runnable reserve = () -> {
                engine.recorder().reserve(new JobJournal.Numbers(id, fence));
                done.run();
            };
            if (first.getAndSet(false)) {
                reserve.run();
            } else {
                engine.execute(reserve);
            }
        });
    }

    /** Fences grow with each admission on a target. */
    private static Map<TargetId, JobRecord> lastAsync(List<JobRecord> jobs) {
        Map<TargetId, JobRecord> last = new HashMap<>();
        for (JobRecord job : jobs) {
            if (job.type() == JobType.ASYNC) {
                last.merge(job.target(), job, (a, b) -> a.fence() > b.fence() ? a : b);
            }
        }
        return last;
    }

    /** Another async job was let in after it: so it had ended, though that could not be recorded. */
    private JobRecord ended(JobRecord job, JobRecord follower) {
        Recorded recorded = engine.recorder().follow(job);
        String why = "it had ended when job #" + follower.id() + " began; how was not recorded";
        JobRecord.End end = new JobRecord.End(JobOutcome.ORPHANED, follower.started(), why);
        recorded.end(end, job.progress());
        return recorded.last();
    }

    /** Gives the history those that have ended, as many as it remembers. */
    private void remember(List<JobRecord> over) {
        List<PastJob> past = over.stream()
                .map(PastJob::of)
                .sorted(Comparator.comparing(job -> job.end().at()))
                .toList();
        engine.recorder().remember(past.stream().map(PastJob::id).toList());
        int from = Math.max(0, past.size() - engine.settings().historySize());
        List<PastJob> newestFirst = new ArrayList<>(past.subList(from, past.size()));
        Collections.reverse(newestFirst);
        engine.history().past(newestFirst);
    }
}
