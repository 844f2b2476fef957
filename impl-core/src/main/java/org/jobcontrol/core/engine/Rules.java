package org.jobcontrol.core.engine;

import java.util.Set;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.AdmissionPolicy;

/** The rule of who fits beside whom, under one policy in one engine. Immutable. */
final class Rules {
    /*
     * A request is admissible when
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
    final JobEngine engine;
    final AdmissionPolicy policy;

    /** Bits of {@link JobType#bit()}; agent types have none. */
    private final int supported;

    private final int sharing;

    Rules(JobEngine engine, AdmissionPolicy policy) {
        this.engine = engine;
        this.policy = policy;
        int types = bits(policy.supported()) | JobType.CHILD.bit();
        this.supported = policy.async() ? types | JobType.ASYNC.bit() : types;
        this.sharing = bits(policy.sharing());
    }

    private static int bits(Set<JobType> types) {
        int bits = 0;
        for (JobType type : types) {
            bits |= type.bit();
        }
        return bits;
    }

    /** Returns whether a type may begin here at all; NESTED is no such: it needs its async job. */
    boolean supports(JobType type) {
        return type.agent() ? policy.supported().contains(type) : (supported & type.bit()) != 0;
    }

    /** Returns whether a job or intention in the job slot keeps a request out of it. */
    boolean slotKeepsOut(JobType holder, JobType type) {
        int both = holder.bit() | type.bit();
        return (sharing & both) != both;
    }

    /** Returns whether an async job keeps a request out: by its mask, or because it is there. */
    boolean asyncKeepsOut(JobEntry async, JobType type) {
        if (type.agent() || type == JobType.NESTED) {
            return false;
        }
        return type == JobType.ASYNC
                || !(async.mask().contains(type) || policy.unmaskable().contains(type));
    }

    /** Returns whether a hold keeps a request out, whichever slot it is in. */
    boolean keepsOut(Hold holder, JobType type) {
        JobType held = holder.type();
        if (held == JobType.ASYNC) {
            return asyncKeepsOut(holder.job(), type);
        }
        return held.agent() == type.agent() && (held.agent() || slotKeepsOut(held, type));
    }

    /** Returns the types that may run beside an async job, with those that cannot be masked out. */
    JobMask effectiveMask(JobEntry async) {
        JobMask mask = async.mask();
        for (JobType type : policy.unmaskable().types()) {
            mask = mask.with(type);
        }
        return mask;
    }
}
