package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/** Says who keeps a request waiting on one job object. Under the lock of its {@link Admission}. */
final class InTheWay {
    /** How many jobs are named at most. */
    private static final int NAMED = 100;

    private InTheWay() {}

    /**
     * Returns the jobs that keep a request out, and those that wait and hold it back.
     *
     * @param hold what the request waits for, or null if it does not wait yet
     */
    static List<JobEntry> of(
            CoreJobObject object, Admission admission, JobType type, @Nullable Hold hold) {
        List<JobEntry> jobs = Succession.earlierJobs(object);
        jobs.addAll(running(admission.slots, type));
        int more = Math.max(0, NAMED - jobs.size());
        jobs.addAll(waiting(admission, type, hold, more));
        return jobs;
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    static List<JobEntry> waitedForBy(CoreJobObject object, Admission admission, Hold hold) {
        Slots slots = admission.slots;
        List<JobEntry> jobs = Succession.earlierJobs(object);
        jobs.addAll(running(slots, hold.type()));
        if (!hold.type().agent()
                && !slots.keptOutBySlot(hold.type())
                && admission.waitsItsTurn(hold)) {
            // Held back by waiters, and what they wait for is whoever is in the job slot.
            slots.jobs().forEach(holder -> jobs.add(holder.job()));
        }
        return jobs;
    }

    /** Returns the running jobs that keep a type out. */
    private static List<JobEntry> running(Slots slots, JobType type) {
        List<JobEntry> jobs = new ArrayList<>();
        JobEntry async = slots.async();
        if (async != null && slots.keptOutByAsync(type)) {
            jobs.add(async);
        }
        if (slots.keptOutBySlot(type)) {
            Hold agent = slots.agent();
            List<Hold> holders = type.agent() && agent != null
                    ? List.of(agent)
                    : slots.jobs().list();
            holders.forEach(holder -> jobs.add(holder.job()));
        }
        return jobs;
    }

    /** Returns the waiting jobs that hold a request back, at most so many. */
    private static List<JobEntry> waiting(
            Admission admission, JobType type, @Nullable Hold hold, int max) {
        List<JobEntry> jobs = new ArrayList<>();
        if (admission.slots.keptOutByAsync(type) || (hold != null && admission.passes(hold))) {
            return jobs;
        }
        for (Hold earlier : admission.queue.lineOf(type)) {
            if (earlier == hold || jobs.size() >= max) {
                break;
            }
            if (!admission.slots.keptOutByAsync(earlier.type())) {
                jobs.add(earlier.job());
            }
        }
        return jobs;
    }
}
