package org.jobcontrol.api.storage;

import java.util.Optional;
import java.util.Set;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.StorageOperation;

/**
 * The error that libvirt's storage driver gives where an operation here fails or is refused: for those
 * who replace it, and whose callers look at its codes. libvirt never waits; what it would refuse is
 * refused here when the wait is over, or at once with a timeout of zero. The names are those of
 * {@code virErrorNumber} without their prefix.
 */
public enum LibvirtError {
    /** Among others, that jobs run on a pool, and that a copy's name is taken by one being made. */
    INTERNAL_ERROR(1),
    /** The system refused something. */
    SYSTEM_ERROR(38),
    /** There is no such pool. */
    NO_STORAGE_POOL(49),
    /** There is no such volume. */
    NO_STORAGE_VOL(50),
    /** Not in this state: a pool that is starting or not active, a volume that is made or in use. */
    OPERATION_INVALID(55),
    /** It was aborted. */
    OPERATION_ABORTED(78),
    /** The driver cannot do this. */
    OPERATION_UNSUPPORTED(84),
    /** There is a volume with that name, or it is being made. */
    STORAGE_VOL_EXIST(90);

    private static final String POOL = "pool";

    private static final Set<String> STARTING =
            Set.of(StorageOperation.POOL_START.name(), StorageOperation.POOL_BUILD.name());

    private static final Set<String> MAKING =
            Set.of(StorageOperation.VOLUME_CREATE.name(), StorageOperation.VOLUME_CLONE.name());

    private final int code;

    LibvirtError(int code) {
        this.code = code;
    }

    /**
     * Returns libvirt's number for it.
     *
     * @return the code
     */
    public int code() {
        return code;
    }

    /**
     * Returns what libvirt would have given for a failure.
     *
     * @param failure what an operation on a pool or a volume threw, or a cause of it
     * @return the error; empty if this is neither a refusal nor a failure of storage
     */
    public static Optional<LibvirtError> of(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof JobRefusedException refusal) {
                return Optional.of(of(refusal));
            }
            if (t instanceof StorageException storage) {
                return Optional.of(of(storage));
            }
        }
        return Optional.empty();
    }

    private static LibvirtError of(StorageException failure) {
        boolean volume = failure.volume().isPresent();
        return switch (failure.reason()) {
            case NOT_FOUND -> volume ? NO_STORAGE_VOL : NO_STORAGE_POOL;
            case EXISTS -> volume ? STORAGE_VOL_EXIST : OPERATION_INVALID;
            case INVALID_STATE, IN_USE -> OPERATION_INVALID;
            case NO_SPACE, IO -> SYSTEM_ERROR;
            case UNSUPPORTED, UNSAFE -> OPERATION_UNSUPPORTED;
            case FENCED, DRIVER_STOPPED, CONNECTION_LOST, FAILED -> INTERNAL_ERROR;
        };
    }

    private static LibvirtError of(JobRefusedException refusal) {
        boolean pool = refusal.target().kind().equals(POOL);
        return switch (refusal.reason()) {
            case TARGET_GONE -> pool ? NO_STORAGE_POOL : NO_STORAGE_VOL;
            case UNSUPPORTED -> OPERATION_UNSUPPORTED;
            case ABORTED -> OPERATION_ABORTED;
            case QUEUE_FULL, CLOSING, JOURNAL -> INTERNAL_ERROR;
            case TIMEOUT, DEADLOCK -> pool ? ofBusyPool(refusal) : ofBusyVolume(refusal);
        };
    }

    private static LibvirtError ofBusyPool(JobRefusedException refusal) {
        return blockedBy(refusal, STARTING) ? OPERATION_INVALID : INTERNAL_ERROR;
    }

    private static LibvirtError ofBusyVolume(JobRefusedException refusal) {
        if (blockedBy(refusal, MAKING) && MAKING.contains(refusal.operation())) {
            boolean copy = refusal.operation().equals(StorageOperation.VOLUME_CLONE.name());
            return copy ? INTERNAL_ERROR : STORAGE_VOL_EXIST;
        }
        return OPERATION_INVALID;
    }

    private static boolean blockedBy(JobRefusedException refusal, Set<String> operations) {
        return refusal.blockers().stream().map(JobInfo::operation).anyMatch(operations::contains);
    }
}
