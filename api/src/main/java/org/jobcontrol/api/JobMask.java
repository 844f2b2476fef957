package org.jobcontrol.api;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The job types that may run beside an async job: an immutable set with libvirt's bits. What a
 * policy declares unmaskable (DESTROY on a domain) may run whether the mask holds it or not.
 */
public final class JobMask {
    /** Nothing may run beside the async job but what cannot be masked out. */
    public static final JobMask NONE = new JobMask(0);

    /** QUERY, DESTROY and ABORT: libvirt's default. */
    public static final JobMask DEFAULT = of(JobType.QUERY, JobType.DESTROY, JobType.ABORT);

    private final int bits;

    private JobMask(int bits) {
        this.bits = bits;
    }

    /**
     * Returns the mask that holds the given types.
     *
     * @param types the types; none gives {@link #NONE}
     * @return the mask
     * @throws IllegalArgumentException if a type has no bit: {@link JobType#NONE} and agent types
     */
    public static JobMask of(JobType... types) {
        return of(List.of(types));
    }

    /**
     * Returns the mask that holds the given types.
     *
     * @param types the types; an empty collection gives {@link #NONE}
     * @return the mask
     * @throws IllegalArgumentException if a type has no bit: {@link JobType#NONE} and agent types
     */
    public static JobMask of(Collection<JobType> types) {
        int bits = 0;
        for (JobType type : types) {
            bits |= bitOf(type);
        }
        return new JobMask(bits);
    }

    /**
     * Returns this mask with one more type.
     *
     * @param type the type to let in
     * @return the wider mask
     * @throws IllegalArgumentException if the type has no bit
     */
    public JobMask with(JobType type) {
        return new JobMask(bits | bitOf(type));
    }

    /**
     * Returns this mask without one type.
     *
     * @param type the type to keep out
     * @return the narrower mask
     * @throws IllegalArgumentException if the type has no bit
     */
    public JobMask without(JobType type) {
        return new JobMask(bits & ~bitOf(type));
    }

    /**
     * Returns whether this mask holds a type.
     *
     * @param type any type
     * @return true if it does; false for a type without a bit
     */
    public boolean contains(JobType type) {
        return (bits & type.bit()) != 0;
    }

    /**
     * Returns the types in this mask.
     *
     * @return the types, in the order of {@link JobType}
     */
    public Set<JobType> types() {
        EnumSet<JobType> types = EnumSet.allOf(JobType.class);
        types.removeIf(type -> !contains(type));
        return Collections.unmodifiableSet(types);
    }

    /**
     * Returns this mask as libvirt writes it, with bit 0x200 for {@link JobType#CHILD}.
     *
     * @return the bits
     */
    public int bits() {
        return bits;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobMask mask && mask.bits == bits;
    }

    @Override
    public int hashCode() {
        return bits;
    }

    /** Returns the types, separated by commas, or NONE. */
    @Override
    public String toString() {
        return bits == 0
                ? "NONE"
                : types().stream().map(JobType::name).collect(Collectors.joining(", "));
    }

    private static int bitOf(JobType type) {
        if (type.bit() == 0) {
            throw new IllegalArgumentException("a mask cannot hold " + type + ": it has no bit");
        }
        return type.bit();
    }
}
