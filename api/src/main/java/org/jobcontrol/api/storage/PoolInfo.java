package org.jobcontrol.api.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * How a storage pool was at one moment.
 *
 * @param state what it was doing
 * @param capacity what it can hold, in bytes
 * @param allocation what is taken of that, in bytes
 * @param available what is free, in bytes
 * @param asOf when this was true
 */
public record PoolInfo(
        PoolState state, long capacity, long allocation, long available, Instant asOf) {
    /**
     * Checks that nothing is missing.
     *
     * @param state see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param available see the record
     * @param asOf see the record
     */
    public PoolInfo {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(asOf, "asOf");
    }
}
