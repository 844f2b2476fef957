package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the slots of one job object, and the rule of who fits beside them. Not thread-safe: its
 * job object's lock guards it.
 */
final class Slots {
    /*
     * The rule. A request is admissible when
     *
     *   request    | the job slot                   | the agent slot | the async slot
     *   -----------+--------------------------------+----------------+-------------------------------
     *   job, CHILD | is free, or holds only types   |       -        | is free, or its mask has the
     *              | that share with it             |                | type, or that is unmaskable
     *   nested job | is free                        |       -        | is held by its own async job
     *   agent job  |       -                        | is free        |       -  (no mask applies)
     *   async job  | is free                        |       -        | is free
     *
     * Types share only with types that share: so the job slot holds one job, or any number of jobs of
     * sharing types, and to look at one of them is enough. An async job does not hold the job slot.
     */
    private final AdmissionPolicy policy;

    private final List<Hold> jobs = new ArrayList<>(1);
    private @Nullable Hold agent;
    private @Nullable Hold async;

    Slots(AdmissionPolicy policy) {
        this.policy = policy;
    }

    /** Returns whether the async job keeps a request out: by its mask, or because it is there. */
    boolean keptOutByAsync(JobType type) {
        Hold running = async;
        if (running == null || type.agent() || type == JobType.NESTED) {
            return false;
        }
        return type == JobType.ASYNC
                || !(running.job.mask().contains(type) || policy.unmaskable().contains(type));
    }

    /** Returns whether jobs in its own slot keep a request out. */
    boolean keptOutBySlot(JobType type) {
        if (type.agent()) {
            return agent != null;
        }
        return !jobs.isEmpty() && !policy.shares(jobs.get(0).type, type);
    }

    /** Returns the types that may run beside an async job, with those that cannot be masked out. */
    JobMask effectiveMask(JobEntry asyncJob) {
        JobMask mask = asyncJob.mask();
        for (JobType type : policy.unmaskable().types()) {
            mask = mask.with(type);
        }
        return mask;
    }

    void add(Hold hold) {
        if (hold.type.agent()) {
            agent = hold;
        } else if (hold.type == JobType.ASYNC) {
            async = hold;
        } else {
            jobs.add(hold);
        }
    }

    void remove(Hold hold) {
        if (hold.type.agent()) {
            agent = null;
        } else if (hold.type == JobType.ASYNC) {
            async = null;
        } else {
            jobs.remove(hold);
        }
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
    Hold async() {
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
