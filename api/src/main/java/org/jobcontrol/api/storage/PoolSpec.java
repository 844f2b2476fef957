package org.jobcontrol.api.storage;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What a storage pool is to be.
 *
 * @param name its name, by the rules for {@link VolumeSpec#checkName names}
 * @param type the kind of driver it needs, such as {@code dir}
 * @param path its place
 * @param attributes what else its driver understands
 */
public record PoolSpec(String name, String type, Path path, Map<String, String> attributes) {
    /** The type of a pool whose volumes are the files of a local directory. */
    public static final String DIRECTORY = "dir";

    /** The attribute that holds the whole definition in libvirt's XML, for a driver that takes it. */
    public static final String XML = "libvirt.xml";

    /** The attribute that says which of libvirt's types a pool of a libvirt has, such as {@code dir}. */
    public static final String LIBVIRT_TYPE = "libvirt.type";

    /**
     * The attribute of a directory pool that says whether the backing file is followed that an image
     * names which was not made in the pool by its driver: {@code true}, or else {@code false}. Even then
     * each file of the chain has to be in the pool's directory. It is off by default: a user who may
     * upload an image could name another user's volume in it and so read that volume.
     */
    public static final String FOLLOW_PROBED_CHAINS = "follow_probed_chains";

    /**
     * Checks the values.
     *
     * @param name see the record
     * @param type see the record
     * @param path see the record
     * @param attributes see the record
     * @throws IllegalArgumentException if the name is hostile or the type blank
     */
    public PoolSpec {
        VolumeSpec.checkName("pool", name);
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(path, "path");
        attributes = Map.copyOf(attributes);
        if (type.isBlank()) {
            throw new IllegalArgumentException("pool " + name + ": blank type");
        }
    }

    /**
     * Describes a pool whose volumes are the files of a local directory.
     *
     * @param name its name
     * @param path the directory
     * @return the description
     * @throws IllegalArgumentException if the name is hostile
     */
    public static PoolSpec directory(String name, Path path) {
        return new PoolSpec(name, DIRECTORY, path, Map.of());
    }
}
