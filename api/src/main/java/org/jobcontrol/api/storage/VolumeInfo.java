package org.jobcontrol.api.storage;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a volume was at one moment.
 *
 * <p>A volume with a {@code problem} can be downloaded, overwritten and deleted as a file, but not
 * cloned, resized or built on.
 *
 * @param name its name
 * @param format how its file is laid out, such as {@code raw}
 * @param capacity how large it looks, in bytes
 * @param allocation what it takes of its pool, in bytes; less than the capacity if it is sparse
 * @param state whether its data is whole
 * @param asOf when this was true
 * @param problem why its driver refuses to open the volume as an image, for people: for example that
 *     the image names a file outside of its pool, or that its header is damaged; null if nothing is
 *     known against the volume
 */
public record VolumeInfo(
        String name,
        String format,
        long capacity,
        long allocation,
        VolumeState state,
        Instant asOf,
        @Nullable String problem) {
    /**
     * Checks that nothing is missing.
     *
     * @param name see the record
     * @param format see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param state see the record
     * @param asOf see the record
     * @param problem see the record
     */
    public VolumeInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(asOf, "asOf");
    }

    /**
     * Describes a volume that its driver can open.
     *
     * @param name see the record
     * @param format see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param state see the record
     * @param asOf see the record
     */
    public VolumeInfo(
            String name,
            String format,
            long capacity,
            long allocation,
            VolumeState state,
            Instant asOf) {
        this(name, format, capacity, allocation, state, asOf, null);
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
