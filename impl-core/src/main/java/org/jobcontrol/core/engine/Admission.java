package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Who is admitted next on one target: the slots, the queue, and the order between them. Not
 * thread-safe: its job object's lock guards it.
 */
final class Admission {
    /*
     * Admissible. The rule is the table in Slots.
     *
     * Order. A round looks at the job line in arrival order:
     *
     *   a waiter that is                 | in the round
     *   ---------------------------------+--------------------------------------------------
     *   kept out by the async job        | is skipped; it holds nobody back
     *   kept out by the job slot         | stays, and holds back every later one
     *   held back by an earlier one      | stays
     *   none of these                    | is admitted, and the next one is looked at
     *
     * and then at the head of the agent line. Everything that can let somebody in (an end, a waiter
     * that leaves, a new mask, a predecessor gone) is followed by a round, so between rounds no
     * waiter is admissible, and a newcomer need only be compared with the slots and with heldBack.
     * One kind of waiter passes those that hold it back: the CHILD hold of a thread or a group that
     * is in the job slot already, because those in front of it wait for that one.
     *
     * Barred. While a predecessor of the job object is busy, nobody is admissible.
     */
    final Slots slots;
    final WaitQueue queue = new WaitQueue();
    private final AdmissionPolicy policy;
    private final LongSupplier fences;

    /** The first waiter that is not just kept out by the async job, or null: it holds others back. */
    private @Nullable Hold heldBack;

    private boolean barred;

    /**
     * Makes an empty one.
     *
     * @param fences gives each admitted job its fence
     */
    Admission(AdmissionPolicy policy, LongSupplier fences) {
        this.policy = policy;
        this.slots = new Slots(policy);
        this.fences = fences;
    }

    /** Lets nobody in until a round after this is false again. */
    void barred(boolean value) {
        barred = value;
    }

    boolean empty() {
        return slots.empty() && queue.empty();
    }

    /** Returns whether a newcomer may go in at once: nobody that waits is in its way either. */
    boolean admissible(Hold hold) {
        return fits(hold.type) && (nobodyBefore(hold.type) || passes(hold));
    }

    /** Returns whether a request of this thread could be admitted at once. */
    boolean admissible(JobType type) {
        return fits(type) && (nobodyBefore(type) || passes(type, null, Thread.currentThread()));
    }

    private boolean fits(JobType type) {
        return !barred && !slots.keptOutByAsync(type) && !slots.keptOutBySlot(type);
    }

    private boolean nobodyBefore(JobType type) {
        return type.agent() ? queue.lineOf(type).isEmpty() : heldBack == null;
    }

    private boolean passes(Hold hold) {
        Request request = hold.job.request();
        return passes(hold.type, request, request.thread());
    }

    private boolean passes(JobType type, @Nullable Request request, @Nullable Thread thread) {
        if (type != JobType.CHILD) {
            return false;
        }
        for (Hold inside : slots.jobs()) {
            Thread owner = inside.job.boundTo();
            if (inside.job.request() == request || (owner != null && owner == thread)) {
                return true;
            }
        }
        return false;
    }

    /** Queues a hold that is not admissible. */
    void enqueue(Hold hold) {
        queue.add(hold);
        hold.stage = Hold.Stage.QUEUED;
        if (heldBack == null && !slots.keptOutByAsync(hold.type) && !hold.type.agent()) {
            heldBack = hold;
        }
    }

    /** Puts a hold into its slot, unless its request was refused in that moment. */
    void grant(Hold hold) {
        if (hold == hold.job.hold) {
            hold.job.fence(fences.getAsLong());
        }
        slots.add(hold);
        hold.stage = Hold.Stage.HELD;
        if (!hold.job.request().granted(hold)) {
            slots.remove(hold);
            hold.stage = Hold.Stage.LET_GO;
        }
    }

    /** Admits whoever is admissible, in arrival order. */
    void round(Wakeups wakeups) {
        heldBack = null;
        if (barred) {
            heldBack = queue.lineOf(JobType.QUERY).stream().findFirst().orElse(null);
            return;
        }
        if (queue.empty()) {
            return;
        }
        roundOfJobs(wakeups);
        roundOfAgents(wakeups);
    }

    private void roundOfJobs(Wakeups wakeups) {
        Iterator<Hold> line = queue.lineOf(JobType.QUERY).iterator();
        boolean somebodyMayPass = policy.sharing().contains(JobType.CHILD);
        while (line.hasNext() && (heldBack == null || somebodyMayPass)) {
            Hold hold = line.next();
            if (slots.keptOutByAsync(hold.type)) {
                continue;
            }
            if (slots.keptOutBySlot(hold.type) || (heldBack != null && !passes(hold))) {
                heldBack = heldBack == null ? hold : heldBack;
            } else {
                line.remove();
                grant(hold);
                wakeups.add(hold.job.request());
            }
        }
    }

    private void roundOfAgents(Wakeups wakeups) {
        Iterator<Hold> line = queue.lineOf(JobType.AGENT_QUERY).iterator();
        while (slots.agent() == null && line.hasNext()) {
            Hold hold = line.next();
            line.remove();
            grant(hold);
            wakeups.add(hold.job.request());
        }
    }

    // ---- who is in the way ----------------------------------------------------------------------

    /** Returns how many jobs count for the queue bound: all that run and wait, but for steps. */
    int counted() {
        return counted(slots.all()) + counted(queue.all());
    }

    private static int counted(List<Hold> holds) {
        int counted = 0;
        for (Hold hold : holds) {
            counted += hold.type == JobType.NESTED || hold.type == JobType.CHILD ? 0 : 1;
        }
        return counted;
    }

    /** Returns the running jobs that keep a type out. */
    List<JobEntry> runningInTheWayOf(JobType type) {
        List<JobEntry> jobs = new ArrayList<>();
        Hold async = slots.async();
        if (async != null && slots.keptOutByAsync(type)) {
            jobs.add(async.job);
        }
        if (slots.keptOutBySlot(type)) {
            Hold agent = slots.agent();
            List<Hold> holders = type.agent() && agent != null ? List.of(agent) : slots.jobs();
            holders.forEach(holder -> jobs.add(holder.job));
        }
        return jobs;
    }

    /** Returns the running jobs that a waiting hold waits for, directly or through those before it. */
    List<JobEntry> waitedForBy(Hold hold) {
        List<JobEntry> jobs = runningInTheWayOf(hold.type);
        if (!hold.type.agent() && !slots.keptOutBySlot(hold.type) && heldBack != null) {
            // Held back by waiters, and what they wait for is whoever is in the job slot.
            slots.jobs().forEach(holder -> jobs.add(holder.job));
        }
        return jobs;
    }

    /** Returns the waiting jobs that hold a request back, at most so many. */
    List<JobEntry> waitingInTheWayOf(JobType type, @Nullable Hold hold, int max) {
        List<JobEntry> jobs = new ArrayList<>();
        if (slots.keptOutByAsync(type) || (hold != null && passes(hold))) {
            return jobs;
        }
        for (Hold earlier : queue.lineOf(type)) {
            if (earlier == hold || jobs.size() >= max) {
                break;
            }
            if (!slots.keptOutByAsync(earlier.type)) {
                jobs.add(earlier.job);
            }
        }
        return jobs;
    }
}
