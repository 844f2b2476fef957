package org.jobcontrol.api.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * How a volume was at one moment.
 *
 * @param name its name
 * @param format how its file is laid out, such as {@code raw}
 * @param capacity how large it looks, in bytes
 * @param allocation what it takes of its pool, in bytes; less than the capacity if it is sparse
 * @param state whether its data is whole
 * @param asOf when this was true
 */
public record VolumeInfo(
        String name,
        String format,
        long capacity,
        long allocation,
        VolumeState state,
        Instant asOf) {
    /**
     * Checks that nothing is missing.
     *
     * @param name see the record
     * @param format see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param state see the record
     * @param asOf see the record
     */
    public VolumeInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(asOf, "asOf");
    }

    /**
     * Describes a raw volume whose data is whole.
     *
     * @param name see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param asOf see the record
     */
    public VolumeInfo(String name, long capacity, long allocation, Instant asOf) {
        this(name, VolumeSpec.RAW, capacity, allocation, VolumeState.INTACT, asOf);
    }
}
