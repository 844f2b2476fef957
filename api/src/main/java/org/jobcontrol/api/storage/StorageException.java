package org.jobcontrol.api.storage;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an operation on a storage pool or a volume fails. Names the pool, the volume if it is
 * about one, and the cause if there is one.
 */
public final class StorageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. Reasons may be added in a minor version. */
    public enum Reason {
        /** There is no such pool or volume, or no longer. */
        NOT_FOUND,
        /** There is one already. */
        EXISTS,
        /** The pool is not in a state in which this could be done. */
        INVALID_STATE,
        /** There is no space left. */
        NO_SPACE,
        /** Reading or writing failed. */
        IO,
        /** There is no driver, or it cannot do this. */
        UNSUPPORTED,
        /** The image names a file outside of its pool, was not made here and names a file, or is damaged. */
        UNSAFE,
        /** Another process has the image open, or another volume of the pool lies on it. */
        IN_USE,
        /** The job was taken from its owner, and somebody else has changed the volume since. */
        FENCED,
        /** The driver's bundle stopped while the work was going on. */
        DRIVER_STOPPED,
        /** The connection to the hypervisor was lost; what became of the work is not known. */
        CONNECTION_LOST,
        /** The hypervisor failed; its words are in the message. */
        FAILED
    }

    private final Reason reason;
    private final String pool;
    private final @Nullable String volume;

    /**
     * Describes a failure.
     *
     * @param reason what went wrong
     * @param pool the pool's name
     * @param volume the volume's name, or null if it is about the pool
     * @param detail a sentence for people, without these names
     * @param cause what made it fail, or null
     */
    public StorageException(
            Reason reason,
            String pool,
            @Nullable String volume,
            String detail,
            @Nullable Throwable cause) {
        super(
                (volume == null ? "pool " + pool : "volume " + pool + "/" + volume) + ": " + detail,
                cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.pool = Objects.requireNonNull(pool, "pool");
        this.volume = volume;
    }

    /** Says that a driver cannot do something. */
    static StorageException unsupported(
            StorageDriver driver, PoolSpec pool, @Nullable String volume, String what) {
        String detail = "the driver for type '" + driver.type() + "' cannot " + what;
        return new StorageException(Reason.UNSUPPORTED, pool.name(), volume, detail, null);
    }

    /**
     * Returns what went wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns which pool.
     *
     * @return its name
     */
    public String pool() {
        return pool;
    }

    /**
     * Returns which volume.
     *
     * @return its name, or empty if it is about the pool
     */
    public Optional<String> volume() {
        return Optional.ofNullable(volume);
    }
}
