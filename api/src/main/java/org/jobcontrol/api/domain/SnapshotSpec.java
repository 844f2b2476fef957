package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is to be.
 *
 * @param name its name, unique in the domain
 * @param memory the file that memory goes to, with the disks as overlays beside their images; null for
 *     a snapshot inside the disk images, which holds memory if the domain runs
 * @param diskOnly whether only the disks are to be in it, as overlays
 */
public record SnapshotSpec(String name, @Nullable Path memory, boolean diskOnly) {
    /**
     * Checks the values.
     *
     * @param name see the record
     * @param memory see the record
     * @param diskOnly see the record
     * @throws IllegalArgumentException if the name is blank, or there is to be memory and none
     */
    public SnapshotSpec {
        Objects.requireNonNull(name, "name");
        if (name.isBlank() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("bad snapshot name: '" + name + "'");
        }
        if (memory != null && diskOnly) {
            throw new IllegalArgumentException(
                    "snapshot " + name + ": only disks, and memory to " + memory);
        }
    }

    /**
     * Describes a snapshot inside the disk images; of a running domain it has memory too.
     *
     * @param name its name
     * @return the description
     */
    public static SnapshotSpec internal(String name) {
        return new SnapshotSpec(name, null, false);
    }

    /**
     * Describes a snapshot whose memory is a file, and whose disks are overlays.
     *
     * @param name its name
     * @param memory the file
     * @return the description
     */
    public static SnapshotSpec withMemory(String name, Path memory) {
        return new SnapshotSpec(name, Objects.requireNonNull(memory, "memory"), false);
    }

    /**
     * Describes a snapshot of the disks alone, as overlays.
     *
     * @param name its name
     * @return the description
     */
    public static SnapshotSpec disksOnly(String name) {
        return new SnapshotSpec(name, null, true);
    }
}
