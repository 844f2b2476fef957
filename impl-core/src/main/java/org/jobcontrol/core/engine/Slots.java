package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the slots of one job object; {@link Rules} says who fits beside them. Not thread-safe: the
 * lock of the {@link Admission} guards it.
 */
final class Slots {
    private final Rules rules;
    private final List<Hold> jobs = new ArrayList<>(2);
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
        return !jobs.isEmpty() && rules.slotKeepsOut(jobs.get(0).type(), type);
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
        return jobs.isEmpty() && agent == null && async == null;
    }

    /** Returns the holds in the job slot, oldest first. */
    List<Hold> jobs() {
        return Collections.unmodifiableList(jobs);
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
        List<Hold> all = new ArrayList<>(jobs);
        if (agent != null) {
            all.add(agent);
        }
        if (async != null) {
            all.add(async);
        }
        return all;
    }
}
