package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends jobs of which something was said, or that are not alone; and the jobs that cover others. */
final class Ends {
    /** Has a name of its own, so that what became of jobs can be sent elsewhere than the rest. */
    private static final Logger JOBS = LoggerFactory.getLogger("org.jobcontrol.jobs");

    private Ends() {}

    /**
     * Ends a job.
     *
     * @param forced the outcome, or null for the one that follows from its life
     * @param cause why, with a forced outcome; or null
     * @return whether this ended it
     */
    static boolean end(JobEntry job, @Nullable JobOutcome forced, @Nullable Throwable cause) {
        if (!job.life().open() || !job.admitted()) {
            return false;
        }
        CoreJobObject object = job.object;
        Admission admission = object.lock();
        boolean covers;
        boolean last;
        try {
            if (!job.endLife(life -> life.open() ? ending(life, forced, cause) : null)) {
                return false;
            }
            covers = job.coversOthers();
            last = leaveIfFinished(job, admission);
        } finally {
            object.unlock(admission);
        }
        job.unbind();
        // Closed for the jobs that it covers, it would not be resumed by anybody any more.
        job.resume();
        if (last) {
            finish(job);
        } else if (!covers) {
            finishClosed(job);
        }
        return true;
    }

    /**
     * Records the end of a job that is closed, and then gives its slot back: who comes next on the target
     * is not to meet the recovery of this one. Called by one thread for each: the one that closed the job
     * while it covered none, or the one that ended the last of those.
     */
    private static void finishClosed(JobEntry job) {
        CoreJobObject object = job.object;
        object.engine().recorder().ended(job);
        Admission admission = object.lock();
        boolean last;
        try {
            last = job.endLife(Ends::finished) && leaveIfFinished(job, admission);
        } finally {
            object.unlock(admission);
        }
        if (last) {
            finish(job);
        }
    }

    /** Ends an interrupted job by one that goes on in its place; false if it has ended already. */
    static boolean leaveTo(InterruptedEntry from, AsyncJobHandle to) {
        CoreJobObject object = from.object;
        Admission admission = object.lock();
        try {
            if (!from.endLife(life -> life.open() ? life.finished(JobOutcome.COMPLETED) : null)) {
                return false;
            }
        } finally {
            object.unlock(admission);
        }
        Intention intention = to.intention();
        if (intention != null) {
            take(intention);
        }
        // Its job object is the successor, and lets nobody else in before the next step.
        take(to);
        object.leave(from);
        from.forget();
        Extras extras = from.extras();
        if (extras != null) {
            // Who waits for the end of the one waits for the end of the other.
            var unused =
                    to.ended().thenAccept(end -> extras.over(object.engine()::execute, () -> end));
        }
        return true;
    }

    private static void take(Hold hold) {
        Admission admission = hold.object.lock();
        admission.slots.add(hold);
        hold.object.unlock(admission);
    }

    /** Lets a job on a child target run under another. */
    static void cover(JobEntry parent, JobEntry child) {
        CoreJobObject object = parent.object;
        Admission admission = object.lock();
        try {
            if (!parent.life().open()) {
                throw parent.stale();
            }
            parent.needExtras().cover(child);
        } finally {
            object.unlock(admission);
        }
    }

    /** Leaves the job that covers this one, if there is one; ends it if only this one kept it. */
    static void leaveCover(JobEntry child) {
        JobEntry parent = child.type == JobType.NESTED ? null : child.parent();
        Extras extras = parent == null ? null : parent.extras();
        if (parent == null || extras == null) {
            return;
        }
        CoreJobObject object = parent.object;
        Admission admission = object.lock();
        boolean last;
        try {
            last = extras.uncover(child) && parent.life().stage() == Life.Stage.CLOSED;
        } finally {
            object.unlock(admission);
        }
        if (last) {
            finishClosed(parent);
        }
    }

    static List<JobEntry> covered(JobEntry job) {
        Extras extras = job.extras();
        if (extras == null) {
            return List.of();
        }
        Admission admission = job.object.lock();
        try {
            return extras.covered();
        } finally {
            job.object.unlock(admission);
        }
    }

    /** Gives the slot back. */
    private static boolean leaveIfFinished(JobEntry job, Admission admission) {
        if (job.life().stage() != Life.Stage.FINISHED) {
            return false;
        }
        admission.leave(job);
        return true;
    }

    static void finish(JobEntry job) {
        job.forget();
        leaveCover(job);
        over(job);
        Extras extras = job.extras();
        if (extras != null) {
            extras.forget();
        }
        if (job.life().outcome() == JobOutcome.ORPHANED) {
            job.object.engine().orphaned(JobSnapshot.of(job));
        } else {
            log(job);
        }
    }

    /**
     * Logs a job that failed or was aborted. What took an orphan from its owner, or recovered an
     * interrupted job, logs that itself; and looks of drivers are no work of anybody's.
     */
    private static void log(JobEntry job) {
        JobOutcome outcome = job.life().outcome();
        if (outcome == JobOutcome.COMPLETED
                || !job.remembered()
                || job instanceof InterruptedEntry) {
            return;
        }
        Duration held = Duration.ofMillis(
                TimeUnit.NANOSECONDS.toMillis(job.endedNanos() - job.startedNanos()));
        Throwable failure = job.life().failure();
        String why = failure == null ? "it was asked to end" : failure.toString();
        if (outcome == JobOutcome.ABORTED) {
            JOBS.info("{} was aborted after {}: {}", job, held, why);
        } else {
            JOBS.warn("{} failed after {}: {}", job, held, why);
        }
        JOBS.debug("{} ended {}", job, outcome, failure);
    }

    /** Says that a job holds nothing any more: it has ended, or was never admitted. */
    static void over(JobEntry job) {
        Extras extras = job.extras();
        if (extras != null) {
            extras.over(job.object.engine()::execute, () -> JobSnapshot.of(job));
        }
    }

    // ---- with what outcome ----------------------------------------------------------------------

    @SuppressWarnings("ReferenceEquality") // a shortcut for the one constant
    private static Life ending(Life seen, @Nullable JobOutcome forced, @Nullable Throwable cause) {
        Extras extras = seen.extras();
        String stopped = extras == null ? null : extras.stopped;
        Life last = cause == null ? seen : seen.failed(cause);
        if (stopped != null && forced == null && seen.failure() == null && seen.gaveUp()) {
            last = seen.failed(new IllegalStateException(stopped));
        }
        JobOutcome outcome = forced != null ? forced : outcome(seen, stopped != null);
        if (last == Life.PLAIN && outcome == JobOutcome.COMPLETED) {
            return Life.COMPLETED;
        }
        boolean more = extras != null && (extras.recorded != null || extras.covers());
        return more ? last.closed(outcome) : last.finished(outcome);
    }

    private static @Nullable Life finished(Life closed) {
        JobOutcome outcome = closed.outcome();
        return closed.stage() != Life.Stage.CLOSED || outcome == null
                ? null
                : closed.finished(outcome);
    }

    /** An early end is no abort but a failure if it was the bundle doing the work that stopped. */
    private static JobOutcome outcome(Life last, boolean stopped) {
        JobOutcome early = stopped ? JobOutcome.FAILED : JobOutcome.ABORTED;
        if (last.failure() == null) {
            return last.gaveUp() ? early : JobOutcome.COMPLETED;
        }
        boolean asked = last.failure() instanceof JobAbortedException
                || last.stage() == Life.Stage.ABORTING;
        return asked ? early : JobOutcome.FAILED;
    }
}
