package org.jobcontrol.api;

/**
 * What a job may do to its target. The types and their mask bits are libvirt's; {@link #CHILD} is
 * new. Types may be added in a minor version.
 */
public enum JobType {
    /** No job; only shown, never begun. */
    NONE(0),
    /** Reads the target and changes nothing. Exclusive on a domain; shared on pools and volumes. */
    QUERY(0x01),
    /** Ends the target: kills a domain, stops a pool, deletes a volume. */
    DESTROY(0x02),
    /** Stops a domain's virtual CPUs. */
    SUSPEND(0x04),
    /** May change the target's state. */
    MODIFY(0x08),
    /** Aborts an async job through the driver. Aborting through this API needs no job at all. */
    ABORT(0x10),
    /** Tunes a running migration. */
    MIGRATION_OP(0x20),
    /** A change that is safe, and must be possible, while a migration runs. */
    MODIFY_MIGRATION_SAFE(0x40),
    /** Reads through the agent in the guest; has a slot of its own and is subject to no mask. */
    AGENT_QUERY(0),
    /** Changes through the agent in the guest; has a slot of its own and is subject to no mask. */
    AGENT_MODIFY(0),
    /** An async job; begun only with {@link JobObject#beginAsync}. */
    ASYNC(0x80),
    /** A step of an async job; begun only with {@link AsyncJob#beginNested}. */
    NESTED(0x100),
    /** The shared hold of a volume's job on its pool; taken and given back with that job. */
    CHILD(0x200);

    private final int bit;

    JobType(int bit) {
        this.bit = bit;
    }

    /**
     * Returns this type's bit in {@link JobMask#bits()}.
     *
     * @return the bit, or 0 for {@link #NONE} and the agent types, which no mask can hold
     */
    public int bit() {
        return bit;
    }

    /**
     * Returns whether jobs of this type run in the agent slot.
     *
     * @return true for {@link #AGENT_QUERY} and {@link #AGENT_MODIFY}
     */
    public boolean agent() {
        return this == AGENT_QUERY || this == AGENT_MODIFY;
    }

    /**
     * Returns whether a caller may pass this type to {@link JobObject#begin(JobType, String)}.
     *
     * @return false for {@link #NONE}, {@link #ASYNC}, {@link #NESTED} and {@link #CHILD}
     */
    public boolean beginnable() {
        return switch (this) {
            case NONE, ASYNC, NESTED, CHILD -> false;
            default -> true;
        };
    }
}
