package org.jobcontrol.api.storage;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * What a volume is to be.
 *
 * @param name its name; see {@link #checkName}
 * @param format how its file is laid out, such as {@code raw}
 * @param capacity how large it looks, in bytes, 0 or more
 * @param allocation how many bytes of that are taken at once: 0 for a sparse volume, the capacity
 *     for one that is fully allocated
 * @param attributes what else its driver understands
 */
public record VolumeSpec(
        String name,
        String format,
        long capacity,
        long allocation,
        Map<String, String> attributes) {
    /** The format of a volume that is its bytes and nothing else. */
    public static final String RAW = "raw";

    /** The format of QEMU's images: sparse, and perhaps on top of another volume. */
    public static final String QCOW2 = "qcow2";

    /** The attribute that names the volume of the same pool that a qcow2 volume lies on. */
    public static final String BACKING = "backing";

    /**
     * The attribute that says how space is taken for a raw volume: {@link #FULL}, or else by asking the
     * file system for it, where that can be done.
     */
    public static final String PREALLOCATION = "preallocation";

    /** Space is taken by writing zeros: later writes find it ready, and the disk has been tried. */
    public static final String FULL = "full";

    private static final int MAX_NAME_BYTES = 255;

    /**
     * Checks the values.
     *
     * @param name see the record
     * @param format see the record
     * @param capacity see the record
     * @param allocation see the record
     * @param attributes see the record
     * @throws IllegalArgumentException if one is out of range; the message names it
     */
    public VolumeSpec {
        checkName("volume", name);
        Objects.requireNonNull(format, "format");
        attributes = Map.copyOf(attributes);
        if (capacity < 0) {
            throw new IllegalArgumentException(
                    "volume " + name + ": capacity is " + capacity + " bytes");
        }
        if (allocation < 0 || allocation > capacity) {
            throw new IllegalArgumentException(
                    "volume " + name + ": allocation is " + allocation + " bytes of " + capacity);
        }
    }

    /**
     * Describes a raw volume that takes space only where it was written.
     *
     * @param name its name
     * @param capacity how large it looks, in bytes
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static VolumeSpec sparse(String name, long capacity) {
        return new VolumeSpec(name, RAW, capacity, 0, Map.of());
    }

    /**
     * Describes a raw volume that takes all its space at once.
     *
     * @param name its name
     * @param capacity how large it is, in bytes
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static VolumeSpec allocated(String name, long capacity) {
        return new VolumeSpec(name, RAW, capacity, capacity, Map.of());
    }

    /**
     * Describes a raw volume that is written full of zeros.
     *
     * @param name its name
     * @param capacity how large it is, in bytes
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static VolumeSpec full(String name, long capacity) {
        return new VolumeSpec(name, RAW, capacity, capacity, Map.of(PREALLOCATION, FULL));
    }

    /**
     * Describes a qcow2 volume.
     *
     * @param name its name
     * @param capacity how large it looks, in bytes
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static VolumeSpec qcow2(String name, long capacity) {
        return new VolumeSpec(name, QCOW2, capacity, 0, Map.of());
    }

    /**
     * Describes a qcow2 volume that lies on another of the same pool: it holds what differs.
     *
     * @param name its name
     * @param capacity how large it looks, in bytes
     * @param backing the name of the volume below
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static VolumeSpec qcow2(String name, long capacity, String backing) {
        return new VolumeSpec(
                name, QCOW2, capacity, 0, Map.of(BACKING, checkName("volume", backing)));
    }

    /**
     * Checks the name of a pool or volume: 1 to 255 bytes in UTF-8, not {@code .} or {@code ..}, with
     * neither a slash nor a control character, and with no space or hyphen at its begin.
     *
     * @param kind what is named, for the message
     * @param name the name
     * @return the name
     * @throws IllegalArgumentException if the name breaks a rule; the message names it
     */
    public static String checkName(String kind, String name) {
        Objects.requireNonNull(name, "name");
        boolean hostile =
                name.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
        if (name.isBlank() || hostile || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("bad " + kind + " name: '" + name + "'");
        }
        if (name.startsWith("-") || name.startsWith(" ")) {
            throw new IllegalArgumentException(
                    "bad " + kind + " name, begins with '" + name.charAt(0) + "': '" + name + "'");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "bad " + kind + " name, over " + MAX_NAME_BYTES + " bytes: '" + name + "'");
        }
        return name;
    }
}
