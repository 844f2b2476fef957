package org.jobcontrol.api.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * How a volume was at one moment.
 *
 * @param name its name
 * @param capacity how large it looks, in bytes
 * @param allocation what it takes of its pool, in bytes; less than the capacity if it is sparse
 * @param asOf when this was true
 */
public record VolumeInfo(String name, long capacity, long allocation, Instant asOf) {
    /**
     * Checks that nothing is missing.
     *
     * @param name see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param asOf see the record
     */
    public VolumeInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(asOf, "asOf");
    }
}
