package org.jobcontrol.api;

import static org.jobcontrol.api.JobType.ABORT;
import static org.jobcontrol.api.JobType.DESTROY;
import static org.jobcontrol.api.JobType.MIGRATION_OP;
import static org.jobcontrol.api.JobType.MODIFY;
import static org.jobcontrol.api.JobType.MODIFY_MIGRATION_SAFE;
import static org.jobcontrol.api.JobType.QUERY;
import static org.jobcontrol.api.JobType.SUSPEND;

import java.util.List;

/**
 * The async operations of a domain, with the masks that libvirt's QEMU driver gives them. DESTROY
 * cannot be masked out on a domain and is therefore not repeated here.
 */
@SuppressWarnings("ImmutableEnumChecker") // JobMask and List.of are immutable
public enum DomainOperation implements AsyncOperation {
    /** Starts the domain. */
    START(1, JobMask.of(DESTROY)),
    /** Writes memory and state to a file and stops the domain. */
    SAVE(2, JobMask.DEFAULT),
    /** Starts the domain from a saved file. */
    RESTORE(3, JobMask.of(DESTROY)),
    /** Writes memory to a core file. */
    DUMP(8, JobMask.DEFAULT),
    /** Takes a snapshot. A driver widens the mask while it writes memory. */
    SNAPSHOT(6, JobMask.of(DESTROY)),
    /** Goes back to a snapshot. */
    SNAPSHOT_REVERT(7, JobMask.of(DESTROY)),
    /** Deletes a snapshot. */
    SNAPSHOT_DELETE(10, JobMask.DEFAULT),
    /** Moves the domain away. */
    MIGRATION_OUT(
            5,
            JobMask.of(QUERY, DESTROY, SUSPEND, ABORT, MIGRATION_OP, MODIFY_MIGRATION_SAFE),
            List.of(
                    "begin",
                    "perform",
                    "postcopy",
                    "perform_done",
                    "confirm_cancelled",
                    "confirm",
                    "postcopy_failed")),
    /** Receives the domain. */
    MIGRATION_IN(
            4,
            JobMask.of(DESTROY, MODIFY_MIGRATION_SAFE),
            List.of("prepare", "finish", "finish_done", "postcopy_failed")),
    /** Copies disks while the domain runs. Block jobs do the interlocking, so the mask is wide. */
    BACKUP(9, JobMask.of(QUERY, DESTROY, SUSPEND, MODIFY, ABORT)),
    /** Mirrors a disk to another image. */
    BLOCK_COPY(0, JobMask.of(QUERY, DESTROY, SUSPEND, MODIFY, ABORT)),
    /** Merges an overlay into its backing image. */
    BLOCK_COMMIT(0, JobMask.of(QUERY, DESTROY, SUSPEND, MODIFY, ABORT)),
    /** Pulls a backing image into its overlay. */
    BLOCK_PULL(0, JobMask.of(QUERY, DESTROY, SUSPEND, MODIFY, ABORT));

    private final int libvirtCode;
    private final JobMask defaultMask;
    private final List<String> phases;

    DomainOperation(int libvirtCode, JobMask defaultMask) {
        this(libvirtCode, defaultMask, List.of());
    }

    DomainOperation(int libvirtCode, JobMask defaultMask, List<String> phases) {
        this.libvirtCode = libvirtCode;
        this.defaultMask = defaultMask;
        this.phases = phases;
    }

    /**
     * Returns the number of this operation in libvirt's {@code virDomainJobOperation}.
     *
     * @return the number, or 0 (unknown) for the block operations, which libvirt does not count
     *     among domain jobs
     */
    public int libvirtCode() {
        return libvirtCode;
    }

    @Override
    public JobMask defaultMask() {
        return defaultMask;
    }

    @Override
    public List<String> phases() {
        return phases;
    }
}
