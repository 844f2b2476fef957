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
     *   - a job bound to a thread that waits, waits for what that thread waits for: its own request, or
     *     one whose future it awaits, and then the jobs of that as long as they run;
     *   - a job keeps its slot until the jobs that it covers have ended, so it waits for those, too.
     * A job bound to nobody, or to a thread that does not wait here, is taken to end one day.
     *
     * A cycle is closed only by a wait that begins. So the search is made only then, under one lock
     * that every wait begins under: of the members of a cycle exactly one, the last, finds it. The
     * thread of a job found on the way cannot go on meanwhile, because what it waits for cannot end
     * without the searching thread. Cycles that come about otherwise (a mask narrowed) end by deadline.
     *
     * Who is refused. The request whose wait closes the cycle. If that is the wait for a future, the
     * request behind it, or if that has been admitted, the first on the way that still waits.
     *
     * A search looks at each job once, so it takes time in proportion to the jobs in the way. None is
     * made for a request that nobody can wait for: without a thread, a hold or a job that covers it, and
     * awaited by nobody.
     *
     * Locking. This lock is taken before any job object's, and never while holding one.
     */
    private final ReentrantLock waitsBegin = new ReentrantLock();

    /** What threads wait for: each for one request at a time. */
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
            if (request.canBeWaitedFor()) {
                Search search = new Search(thread, request);
                if (search.leadsBack(request)) {
                    Waits.refuse(request, Reason.DEADLOCK, "", search.cycle());
                }
            }
            return taken;
        } finally {
            waitsBegin.unlock();
        }
    }

    /** Says that this thread will wait for what comes of a request; refuses one if that would hang. */
    void awaits(Request request) {
        Thread thread = Thread.currentThread();
        waitsBegin.lock();
        try {
            waiting.put(thread, request);
            request.awaited();
            Search search = new Search(thread, null);
            if (search.follow(request)) {
                Waits.refuse(
                        search.refusable(),
                        Reason.DEADLOCK,
                        "thread " + thread.getName() + " awaits job #" + request.job().id,
                        search.cycle());
            }
        } finally {
            waitsBegin.unlock();
        }
    }

    /** Says that this thread waits no more for what comes of a request. */
    void awaitsNoMore(Request request) {
        waiting.remove(Thread.currentThread(), request);
    }

    /** Says that a request waits no more. */
    void stopped(Request request) {
        Thread thread = request.thread();
        if (thread != null) {
            waiting.remove(thread, request);
        }
    }

    /** One search, from a thread, a request or both, for a way back to it. */
    private final class Search {
        private final @Nullable Thread thread;
        private final @Nullable Request start;
        private final Set<Request> seen = new HashSet<>();
        private final Set<JobEntry> seenJobs = new HashSet<>();
        private final List<JobEntry> path = new ArrayList<>();
        private final List<Request> waits = new ArrayList<>();

        Search(@Nullable Thread thread, @Nullable Request start) {
            this.thread = thread;
            this.start = start;
        }

        /** Returns the jobs on the way that was found. */
        List<JobInfo> cycle() {
            return path.stream().<JobInfo>map(JobSnapshot::of).toList();
        }

        /** Returns the first request on the way that waits; there is one, or there were no cycle. */
        Request refusable() {
            return waits.get(0);
        }

        /** Returns whether a request that waits does so for the start; the way is known then. */
        boolean leadsBack(Request request) {
            if (request.decided()) {
                return false;
            }
            Hold hold = request.current();
            waits.add(request);
            if (anyOf(hold.object.waitedForBy(hold))) {
                return true;
            }
            waits.remove(waits.size() - 1);
            return false;
        }

        private boolean anyOf(List<? extends JobEntry> jobs) {
            for (JobEntry job : jobs) {
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
            Thread owner = job.boundTo();
            return owner != null && (owner == thread || follow(waiting.get(owner)));
        }

        /** Follows what a thread waits for: a request, and if it awaits that, the work under it. */
        boolean follow(@Nullable Request request) {
            if (request == null || !seen.add(request)) {
                return false;
            }
            if (request == start) {
                return true;
            }
            boolean works = request.admitted() && request.thread() == null;
            return works ? anyOf(request.jobs()) : leadsBack(request);
        }
    }
}
