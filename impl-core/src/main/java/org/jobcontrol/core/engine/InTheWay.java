package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.Fate.Blockers;
import org.jspecify.annotations.Nullable;

/** Says who keeps a request waiting on one job object. Under the lock of its {@link Admission}. */
final class InTheWay {
    /** How many jobs are named at most: nobody reads more, and each takes time under the lock. */
    static final int NAMED = 100;

    private final List<JobEntry> named = new ArrayList<>();
    private int more;

    private InTheWay(CoreJobObject object) {
        List<JobEntry> earlier = Succession.earlierJobs(object);
        addAll(earlier, earlier.size());
    }

    /**
     * Returns the jobs that keep a request out, and those that wait and hold it back.
     *
     * @param hold what the request waits for, or null if it does not wait yet
     */
    static Blockers of(
            CoreJobObject object, Admission admission, JobType type, @Nullable Hold hold) {
        InTheWay jobs = new InTheWay(object);
        jobs.addRunning(admission.slots, type);
        jobs.addWaiting(admission, type, hold);
        return jobs.blockers();
    }

    /** Returns the running jobs that keep a type out. */
    static Blockers running(CoreJobObject object, Admission admission, JobType type) {
        InTheWay jobs = new InTheWay(object);
        jobs.addRunning(admission.slots, type);
        return jobs.blockers();
    }

    /** Returns every job that runs or waits. */
    static Blockers all(CoreJobObject object, Admission admission) {
        InTheWay jobs = new InTheWay(object);
        Slots slots = admission.slots;
        jobs.addAll(slots.jobs(), slots.jobs().size());
        jobs.add(slots.agent());
        jobs.add(slots.async());
        jobs.addAll(admission.queue.oldest(NAMED), admission.queue.size());
        return jobs.blockers();
    }

    /** Returns whether a thread that asked for a job of a type now would wait for a job of its own. */
    static boolean waitsForItself(
            CoreJobObject object, Admission admission, JobType type, Thread thread) {
        Slots slots = admission.slots;
        JobEntry async = slots.async();
        if (async != null && slots.keptOutByAsync(type) && async.boundTo() == thread) {
            return true;
        }
        Hold agent = slots.agent();
        boolean own = type.agent()
                ? agent != null && agent.job().boundTo() == thread
                : (slots.keptOutBySlot(type)
                                || (type != JobType.CHILD && admission.holdsBack(type)))
                        && slots.jobs().anyOf(thread);
        return own
                || Succession.earlierJobs(object).stream().anyMatch(job -> job.boundTo() == thread);
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    static List<JobEntry> waitedForBy(CoreJobObject object, Admission admission, Hold hold) {
        JobType type = hold.type();
        Slots slots = admission.slots;
        List<JobEntry> jobs = Succession.earlierJobs(object);
        JobEntry async = slots.async();
        if (async != null && slots.keptOutByAsync(type)) {
            jobs.add(async);
        }
        if (type.agent()) {
            Hold agent = slots.agent();
            if (agent != null) {
                jobs.add(agent.job());
            }
        } else if (slots.keptOutBySlot(type) || admission.waitsItsTurn(hold)) {
            // Held back by waiters, it waits for what they wait for: who is in the job slot.
            slots.jobs().forEach(holder -> jobs.add(holder.job()));
        }
        return jobs;
    }

    // ---- at most a hundred ----------------------------------------------------------------------

    private void addRunning(Slots slots, JobType type) {
        if (slots.keptOutByAsync(type)) {
            add(slots.async());
        }
        if (!slots.keptOutBySlot(type)) {
            return;
        }
        if (type.agent()) {
            add(slots.agent());
        } else {
            addAll(slots.jobs(), slots.jobs().size());
        }
    }

    /** Adds the waiting jobs that hold a request back; those that have no room are not counted. */
    private void addWaiting(Admission admission, JobType type, @Nullable Hold hold) {
        if (admission.slots.keptOutByAsync(type) || (hold != null && admission.passes(hold))) {
            return;
        }
        for (Hold earlier : admission.queue.lineOf(type)) {
            if (earlier == hold || named.size() >= NAMED) {
                return;
            }
            if (!admission.slots.keptOutByAsync(earlier.type())) {
                add(earlier);
            }
        }
    }

    private void addAll(Iterable<? extends Hold> holds, int size) {
        int room = Math.min(size, NAMED - named.size());
        int added = 0;
        for (Hold hold : holds) {
            if (added++ == room) {
                break;
            }
            named.add(hold.job());
        }
        more += size - room;
    }

    private void add(@Nullable Hold hold) {
        if (hold != null) {
            addAll(List.of(hold), 1);
        }
    }

    private Blockers blockers() {
        return new Blockers(named.stream().<JobInfo>map(JobSnapshot::of).toList(), more);
    }
}
