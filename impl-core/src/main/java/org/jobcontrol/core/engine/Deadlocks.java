package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/** Finds waits that would never end, before they begin. */
final class Deadlocks {
    /*
     * Who waits for whom. A request waits for the jobs in the way of the hold it queues for. Such a job
     * ends when its owner goes on, so
     *   - a job whose own request still waits (for another hold) waits for what that request waits for;
     *   - a job bound to a thread that waits, waits for what that thread's request waits for;
     *   - a job keeps its slot until the jobs that it covers have ended, so it waits for those, too.
     * A job bound to nobody, or to a thread that does not wait here, is taken to end one day.
     *
     * A cycle is closed only by a wait that begins. So the search is made only then, under one lock
     * that every wait begins under: of the members of a cycle exactly one, the last, finds it. The
     * thread of a job found on the way cannot go on meanwhile, because what it waits for cannot end
     * without the searching thread. Cycles that come about otherwise (a mask narrowed) end by deadline.
     *
     * A search looks at each job once, so it takes time in proportion to the jobs in the way. None is
     * made for a request that nobody can wait for: without a thread, a hold or a job that covers it.
     *
     * Locking. This lock is taken before any job object's, and never while holding one.
     */
    private final ReentrantLock waitsBegin = new ReentrantLock();
    private final Map<Thread, Request> waiting = new ConcurrentHashMap<>();

    /** Queues a hold, or takes it if it has become admissible; refuses the request if it would hang. */
    Waits.Taken queue(Hold hold) {
        Request request = hold.job().waiting();
        waitsBegin.lock();
        try {
            Waits.Taken taken = Waits.take(hold, Waits.Otherwise.WAIT);
            if (taken != Waits.Taken.QUEUED && taken != Waits.Taken.QUEUED_FIRST) {
                return taken;
            }
            Thread thread = request.thread();
            if (thread != null) {
                waiting.put(thread, request);
            }
            List<JobInfo> cycle = request.canBeWaitedFor() ? new Search(request).run() : List.of();
            if (!cycle.isEmpty()) {
                Waits.refuse(request, Reason.DEADLOCK, "", cycle);
            }
            return taken;
        } finally {
            waitsBegin.unlock();
        }
    }

    /** Says that a request waits no more. */
    void stopped(Request request) {
        Thread thread = request.thread();
        if (thread != null) {
            waiting.remove(thread, request);
        }
    }

    private final class Search {
        private final Request start;
        private final Set<Request> seen = new HashSet<>();
        private final Set<JobEntry> seenJobs = new HashSet<>();
        private final List<JobEntry> path = new ArrayList<>();

        Search(Request start) {
            this.start = start;
        }

        /** Returns the jobs of a cycle through the starting request, or none. */
        List<JobInfo> run() {
            return leadsBack(start)
                    ? path.stream().<JobInfo>map(JobSnapshot::of).toList()
                    : List.of();
        }

        private boolean leadsBack(Request request) {
            if (request.decided()) {
                return false;
            }
            Hold hold = request.current();
            for (JobEntry job : hold.object.waitedForBy(hold)) {
                path.add(job);
                if (seenJobs.add(job) && endsOnlyAfterStart(job)) {
                    return true;
                }
                path.remove(path.size() - 1);
            }
            return false;
        }

        private boolean endsOnlyAfterStart(JobEntry job) {
            Request request = job.request();
            if (request != null && !request.decided()) {
                return follow(request);
            }
            for (JobEntry child : Ends.covered(job)) {
                if (endsOnlyAfterStart(child)) {
                    return true;
                }
            }
            Thread thread = job.boundTo();
            if (thread == null) {
                return false;
            }
            return thread == start.thread() || follow(waiting.get(thread));
        }

        private boolean follow(@Nullable Request request) {
            if (request == start) {
                return true;
            }
            return request != null && seen.add(request) && leadsBack(request);
        }
    }
}
