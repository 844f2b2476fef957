package org.jobcontrol.core.engine;

import java.util.List;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the slots of one job object; {@link Rules} says who fits beside them. Not thread-safe, as
 * {@link Line} is not.
 */
final class Slots {
    private final Rules rules;
    private final Holders jobs = new Holders();
    private @Nullable Hold agent;
    private @Nullable JobEntry async;

    Slots(Rules rules) {
        this.rules = rules;
    }

    boolean keptOutByAsync(JobType type) {
        return async != null && rules.asyncKeepsOut(async, type);
    }

    /** Returns whether jobs in its own slot keep a request out. */
    boolean keptOutBySlot(JobType type) {
        if (type.agent()) {
            return agent != null;
        }
        Hold holder = jobs.head();
        return holder != null && rules.slotKeepsOut(holder.type(), type);
    }

    void add(Hold hold) {
        if (hold.type().agent()) {
            agent = hold;
        } else if (hold.type() == JobType.ASYNC) {
            async = hold.job();
        } else {
            jobs.add(hold);
        }
    }

    /** Takes a hold out; false if it is not here. */
    boolean remove(Hold hold) {
        if (hold == agent) {
            agent = null;
            return true;
        }
        if (hold == async) {
            async = null;
            return true;
        }
        return jobs.remove(hold);
    }

    boolean empty() {
        return jobs.empty() && agent == null && async == null;
    }

    /** Returns the holds in the job slot, oldest first. */
    Holders jobs() {
        return jobs;
    }

    /** Returns how many jobs count for the queue bound. */
    int counted() {
        return jobs.counted() + (agent == null ? 0 : 1) + (async == null ? 0 : 1);
    }

    @Nullable
    Hold agent() {
        return agent;
    }

    @Nullable
    JobEntry async() {
        return async;
    }

    /** Returns every hold: job slot, agent, async. */
    List<Hold> all() {
        List<Hold> all = jobs.list();
        Hold inAgent = agent;
        if (inAgent != null) {
            all.add(inAgent);
        }
        Hold inAsync = async;
        if (inAsync != null) {
            all.add(inAsync);
        }
        return all;
    }
}
