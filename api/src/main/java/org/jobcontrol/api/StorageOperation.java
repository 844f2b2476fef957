package org.jobcontrol.api;

/**
 * The async operations of storage pools and volumes. Nothing runs beside them unless an operation
 * says so. Reading a volume (download, being cloned from) is no async operation but a {@link
 * JobType#QUERY} job of any length.
 */
@SuppressWarnings("ImmutableEnumChecker") // JobMask is immutable
public enum StorageOperation implements AsyncOperation {
    /** Prepares the place of a pool. */
    POOL_BUILD(JobMask.NONE),
    /** Makes a pool's volumes available. */
    POOL_START(JobMask.NONE),
    /** Reads a pool's list of volumes anew; what it found before may be read meanwhile. */
    POOL_REFRESH(JobMask.of(JobType.QUERY)),
    /** Makes a volume. */
    VOLUME_CREATE(JobMask.NONE),
    /** Makes a volume as a copy of another. */
    VOLUME_CLONE(JobMask.NONE),
    /** Fills a volume from a stream. */
    VOLUME_UPLOAD(JobMask.NONE),
    /** Overwrites a volume so that its data cannot be read again. */
    VOLUME_WIPE(JobMask.NONE),
    /** Changes a volume's size. */
    VOLUME_RESIZE(JobMask.NONE);

    private final JobMask defaultMask;

    StorageOperation(JobMask defaultMask) {
        this.defaultMask = defaultMask;
    }

    @Override
    public JobMask defaultMask() {
        return defaultMask;
    }
}
