package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who was the job object of a target before, and who is after. A job object that is closed while jobs
 * run is followed by a new one for the same id, which admits nothing until its predecessor is idle.
 */
final class Succession {
    /*
     * Locking. Each job object's own is guarded by the lock of what admits there. A successor's lock is
     * taken before its predecessor's.
     */
    static final Succession NONE = new Succession(null, null);

    private final @Nullable CoreJobObject predecessor;
    private final @Nullable CoreJobObject successor;

    private Succession(@Nullable CoreJobObject predecessor, @Nullable CoreJobObject successor) {
        this.predecessor = predecessor;
        this.successor = successor;
    }

    /** Returns the job object that this one waits for, or null. */
    @Nullable
    CoreJobObject predecessor() {
        return predecessor;
    }

    /** Makes a job object that nobody knows yet wait until a closed one is idle. */
    static void begin(CoreJobObject closed, CoreJobObject next) {
        Admission later = next.lock();
        Admission admission = closed.lock();
        if (!admission.empty() || closed.succession().predecessor != null) {
            closed.succession(new Succession(closed.succession().predecessor, next));
            next.succession(new Succession(closed, null));
            later.barred(true);
        }
        Wakeups due = admission.takeWakeups();
        admission.unlock();
        // The closed one cannot give way in here: the engine is making the next.
        if (due != null) {
            due.run();
        }
        next.unlock(later);
    }

    /** Has a job object that is closed and idle give way. */
    static void giveWay(CoreJobObject idle) {
        Admission admission = idle.lock();
        CoreJobObject next = idle.succession().successor;
        idle.succession(NONE);
        admission.unlock();
        idle.engine().objects().forget(idle);
        if (next != null) {
            predecessorGone(next);
        }
    }

    private static void predecessorGone(CoreJobObject object) {
        Admission admission = object.lock();
        try {
            object.succession(new Succession(null, object.succession().successor));
            admission.barred(false);
            admission.round();
        } finally {
            object.unlock(admission);
        }
    }

    /** Adds a job object to a list, and before it its predecessors, the oldest first. */
    static void addLine(CoreJobObject object, List<CoreJobObject> line) {
        CoreJobObject earlier = object.succession().predecessor;
        if (earlier != null) {
            addLine(earlier, line);
        }
        line.add(object);
    }

    /** Returns the jobs of predecessors, oldest first. It wakes nobody there: the caller has a lock. */
    static List<JobEntry> earlierJobs(CoreJobObject object) {
        CoreJobObject earlier = object.succession().predecessor;
        Admission admission = earlier == null ? null : earlier.admission();
        if (earlier == null || admission == null) {
            return new ArrayList<>();
        }
        admission.lock();
        try {
            List<JobEntry> jobs = earlierJobs(earlier);
            jobs.addAll(admission.jobs());
            return jobs;
        } finally {
            admission.unlock();
        }
    }
}
