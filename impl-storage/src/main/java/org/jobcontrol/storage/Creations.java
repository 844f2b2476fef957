package org.jobcontrol.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jobcontrol.api.JobObject;

/**
 * Counts the creations of volumes in one pool, for each job object through which they run. A volume
 * that was not made leaves its job object behind; the last creation closes it, as nobody else would.
 * Safe for use by many threads.
 */
final class Creations {
    /*
     * Overview. A creation takes the job object of a name that has no volume yet, and begins its job
     * some time later. In between nothing shows that the job object is used, so it is counted here.
     *
     *   begin: take the target's job object; count it; if it is the target's no longer, take the next
     *   end:   count down; at 0, and if there is no such volume, close the job object
     *
     * The trap. Another creation may end between the first two steps of begin and close what was taken.
     * To count is one step and to count down and close is another, so either the closing one has seen
     * the count, or begin sees that the job object is closed.
     *
     * Locking. The lock is held while the pool's record is asked for the volume and while the job object
     * is closed: it is taken before the lock of a job object and before that of a PoolRecord, and never
     * under one of them. What adds volumes that were not made here, or removes one, does so exclusively:
     * a job object that another user finds with such a volume is not closed under that user.
     */
    private final Object lock = new Object();

    /** How many creations run through each job object; none that is 0. */
    @GuardedBy("lock")
    private final Map<JobObject, Integer> running = new HashMap<>();

    /**
     * Begins a creation.
     *
     * @param take returns the job object of the volume's target, a new one if the last is closed
     * @param isCurrent tells whether a job object still is the one of that target
     * @return the job object to use, for which {@link #end} has to be called once
     */
    JobObject begin(Supplier<JobObject> take, Predicate<JobObject> isCurrent) {
        while (true) {
            JobObject taken = take.get();
            again(taken);
            if (isCurrent.test(taken)) {
                return taken;
            }
            synchronized (lock) {
                countDown(taken);
            }
        }
    }

    /** Counts a creation once more, for work that goes on when nobody waits for its end any more. */
    void again(JobObject jobs) {
        synchronized (lock) {
            running.merge(jobs, 1, Integer::sum);
        }
    }

    /**
     * Ends a creation.
     *
     * @param jobs what {@link #begin} has returned
     * @param exists tells whether there is such a volume
     */
    void end(JobObject jobs, BooleanSupplier exists) {
        synchronized (lock) {
            if (countDown(jobs) && !exists.getAsBoolean()) {
                jobs.close();
            }
        }
    }

    /** Makes a change while no job object is being closed here. */
    <T> T exclusively(Supplier<T> change) {
        synchronized (lock) {
            return change.get();
        }
    }

    /** Returns whether this was the last creation. */
    @GuardedBy("lock")
    private boolean countDown(JobObject jobs) {
        return running.computeIfPresent(jobs, (key, count) -> count == 1 ? null : count - 1)
                == null;
    }
}
