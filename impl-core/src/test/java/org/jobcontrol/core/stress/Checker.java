package org.jobcontrol.core.stress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobSlot;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;

/**
 * What must hold whatever the engine does, said without its code. Owners report when they have got a
 * job and before they end it, so two reported at once were held at once.
 */
final class Checker {
    /** A job that is held. */
    private static final class Held {
        final Job job;
        final AdmissionPolicy policy;

        /** The bits that the async job's mask had at any time, and since its last change. */
        int everBits;

        int nowBits;
        long narrowed;

        Held(Job job, AdmissionPolicy policy, int bits) {
            this.job = job;
            this.policy = policy;
            this.everBits = bits;
            this.nowBits = bits;
        }
    }

    /** A newcomer, and who waited when it came. */
    private record Arrival(long fence, List<Long> before) {}

    private final Map<TargetId, List<Held>> held = new HashMap<>();
    private final Map<Long, Long> fences = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicReference<String> violation = new AtomicReference<>();
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong admissions = new AtomicLong();

    /** Returns what was found first, or empty. */
    Optional<String> violation() {
        return Optional.ofNullable(violation.get());
    }

    void violated(String what) {
        violation.compareAndSet(null, what);
    }

    long admissions() {
        return admissions.get();
    }

    /** Returns a moment, for {@link #entered}. */
    long tick() {
        return ticks.incrementAndGet();
    }

    // ---- never two that exclude each other ------------------------------------------------------

    /**
     * Notes that somebody has a job.
     *
     * @param asked a moment before the job was asked for
     */
    synchronized void entered(Job job, AdmissionPolicy policy, long asked) {
        admissions.incrementAndGet();
        int bits = job instanceof AsyncJob async ? async.mask().bits() : 0;
        Held mine = new Held(job, policy, bits);
        List<Held> there = held.computeIfAbsent(job.target(), id -> new ArrayList<>());
        for (Held other : there) {
            if (excludes(other, mine, asked)) {
                violated(job + " was admitted beside " + other.job);
            }
        }
        there.add(mine);
    }

    synchronized void leaving(Job job) {
        held.get(job.target()).removeIf(other -> other.job == job);
    }

    private static boolean excludes(Held other, Held mine, long asked) {
        JobType one = other.job.type();
        JobType two = mine.job.type();
        if (one.agent() || two.agent()) {
            return one.agent() && two.agent();
        }
        if (one == JobType.ASYNC && two == JobType.ASYNC) {
            return true;
        }
        if (one == JobType.ASYNC || two == JobType.ASYNC) {
            Held async = one == JobType.ASYNC ? other : mine;
            Held job = async == other ? mine : other;
            return maskedOut(async, job.job, job == mine ? asked : 0);
        }
        return !(mine.policy.sharing().contains(one) && mine.policy.sharing().contains(two));
    }

    private static boolean maskedOut(Held async, Job job, long asked) {
        if (job.type() == JobType.NESTED) {
            return job.info().parentJobId().orElse(-1) != async.job.id();
        }
        int bits = asked > async.narrowed && async.narrowed > 0 ? async.nowBits : async.everBits;
        int unmaskable = async.policy.unmaskable().bits();
        return ((bits | unmaskable) & job.type().bit()) == 0;
    }

    /** Sets a mask, and from then on expects it. */
    void mask(AsyncJob job, JobMask mask) {
        Held async = find(job);
        synchronized (this) {
            async.everBits |= mask.bits();
        }
        job.mask(mask);
        synchronized (this) {
            async.nowBits = mask.bits();
            async.narrowed = tick();
        }
    }

    private synchronized Held find(Job job) {
        return held.get(job.target()).stream()
                .filter(other -> other.job == job)
                .findFirst()
                .orElseThrow();
    }

    // ---- arrival order --------------------------------------------------------------------------

    /** Returns who waits in a line that nobody may jump, for {@link #arrived}. */
    static List<Long> waiters(JobObjectInfo info) {
        return info.queue().stream()
                .filter(job -> job.slot() == JobSlot.JOB && job.type() != JobType.CHILD)
                .map(JobInfo::id)
                .toList();
    }

    void arrived(Job job, List<Long> before) {
        fences.put(job.id(), job.fence());
        if (!before.isEmpty()) {
            arrivals.add(new Arrival(job.fence(), before));
        }
    }

    /** Looks at the order of all admissions so far. To be called when nothing runs. */
    void checkOrder() {
        for (Arrival arrival : arrivals) {
            for (long earlier : arrival.before()) {
                if (fences.getOrDefault(earlier, 0L) > arrival.fence()) {
                    violated("job #" + earlier
                            + " waited when another came, which was admitted first");
                }
            }
        }
        arrivals.clear();
        fences.clear();
    }

    // ---- never a stuck waiter -------------------------------------------------------------------

    /** Looks for a waiter that could be admitted; between rounds there must be none. */
    void checkNobodyIsLeft(JobObjectInfo info, AdmissionPolicy policy) {
        boolean heldBack = false;
        for (JobInfo waiter : info.queue()) {
            if (waiter.slot() == JobSlot.AGENT) {
                if (info.agent().isEmpty()) {
                    violated(waiter + " waits for an agent slot that is free");
                }
            } else if (!keptOutByAsync(info, policy, waiter.type()) && !heldBack) {
                heldBack = info.jobs().stream()
                        .anyMatch(job -> !(policy.sharing().contains(job.type())
                                && policy.sharing().contains(waiter.type())));
                if (!heldBack) {
                    violated(waiter + " waits and nobody is in its way: " + info);
                }
            }
        }
    }

    private static boolean keptOutByAsync(
            JobObjectInfo info, AdmissionPolicy policy, JobType type) {
        if (info.async().isEmpty() || type == JobType.NESTED) {
            return false;
        }
        int bits = info.mask().orElse(JobMask.NONE).bits() | policy.unmaskable().bits();
        return type == JobType.ASYNC || (bits & type.bit()) == 0;
    }

    /** Looks for what was not given back. To be called when nothing runs. */
    static boolean idle(JobObjectInfo info) {
        return info.jobs().isEmpty()
                && info.agent().isEmpty()
                && info.async().isEmpty()
                && info.queue().isEmpty();
    }
}
