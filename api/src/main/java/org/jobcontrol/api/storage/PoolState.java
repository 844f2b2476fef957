package org.jobcontrol.api.storage;

/** What a storage pool is doing. */
public enum PoolState {
    /** Not known; the driver is away. */
    NOSTATE,
    /** Its volumes are not available. */
    INACTIVE,
    /** Its volumes are available. */
    ACTIVE;

    /**
     * Returns whether the pool's volumes are available.
     *
     * @return true if it is active
     */
    public boolean active() {
        return this == ACTIVE;
    }
}
