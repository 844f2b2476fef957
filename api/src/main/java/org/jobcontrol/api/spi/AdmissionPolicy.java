package org.jobcontrol.api.spi;

import static org.jobcontrol.api.JobType.CHILD;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.QUERY;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;

/**
 * The rules of a job object, fixed for its life: which jobs there are, which of them share the job
 * slot, and which cannot be masked out. Immutable.
 *
 * @param name what people call it
 * @param supported the types that callers may begin; others are refused UNSUPPORTED
 * @param async whether there are async jobs, and so nested ones
 * @param sharing the types that share the job slot with one another
 * @param unmaskable the types that run beside any async job whatever its mask
 */
public record AdmissionPolicy(
        String name,
        Set<JobType> supported,
        boolean async,
        Set<JobType> sharing,
        JobMask unmaskable) {
    /** A domain under libvirt's QEMU driver: nothing shares, DESTROY cannot be masked out. */
    public static final AdmissionPolicy LIBVIRT =
            new AdmissionPolicy("LIBVIRT", beginnable(), true, Set.of(), JobMask.of(DESTROY));

    /** A target without async jobs, such as a domain under libvirt's libxl driver. */
    public static final AdmissionPolicy SYNC_ONLY = new AdmissionPolicy(
            "SYNC_ONLY", Set.of(QUERY, MODIFY, DESTROY), false, Set.of(), JobMask.of(DESTROY));

    /** A storage pool: queries and its volumes' jobs go beside one another. */
    public static final AdmissionPolicy STORAGE_POOL = new AdmissionPolicy(
            "STORAGE_POOL",
            Set.of(QUERY, MODIFY, DESTROY),
            true,
            Set.of(QUERY, CHILD),
            JobMask.NONE);

    /** A volume: queries go beside one another; one that is being wiped is not even deleted. */
    public static final AdmissionPolicy VOLUME = new AdmissionPolicy(
            "VOLUME", Set.of(QUERY, MODIFY, DESTROY), true, Set.of(QUERY), JobMask.NONE);

    /**
     * Copies the sets and checks them.
     *
     * @param name see the record
     * @param supported see the record
     * @param async see the record
     * @param sharing see the record
     * @param unmaskable see the record
     * @throws IllegalArgumentException if a supported type is none that callers begin, or an agent
     *     type is to share the job slot
     */
    public AdmissionPolicy {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(unmaskable, "unmaskable");
        supported = copy(supported);
        sharing = copy(sharing);
        for (JobType type : supported) {
            if (!type.beginnable()) {
                throw new IllegalArgumentException(
                        "policy " + name + ": a caller cannot begin " + type);
            }
        }
        for (JobType type : sharing) {
            if (type.bit() == 0 || type == JobType.ASYNC || type == JobType.NESTED) {
                throw new IllegalArgumentException(
                        "policy " + name + ": " + type + " cannot share the job slot");
            }
        }
    }

    /**
     * Returns whether jobs of two types may be in the job slot at once.
     *
     * @param one a type
     * @param other a type
     * @return true if both are among the sharing types
     */
    public boolean shares(JobType one, JobType other) {
        return sharing.contains(one) && sharing.contains(other);
    }

    private static Set<JobType> beginnable() {
        EnumSet<JobType> types = EnumSet.allOf(JobType.class);
        types.removeIf(type -> !type.beginnable());
        return types;
    }

    private static Set<JobType> copy(Set<JobType> types) {
        EnumSet<JobType> copy = EnumSet.noneOf(JobType.class);
        copy.addAll(types);
        return Collections.unmodifiableSet(copy);
    }
}
