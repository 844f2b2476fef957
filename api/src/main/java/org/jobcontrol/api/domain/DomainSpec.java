package org.jobcontrol.api.domain;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * What a domain is to be.
 *
 * @param name its name: 1 to 255 characters, neither a slash nor a control character among them
 * @param uuid its uuid
 * @param memory its memory in bytes, more than 0
 * @param vcpus how many virtual CPUs it has, at least 1
 * @param attributes what else its driver understands, such as {@link #XML}
 */
public record DomainSpec(
        String name, UUID uuid, long memory, int vcpus, Map<String, String> attributes) {
    /** The attribute that holds the whole definition in libvirt's XML, for a driver that takes it. */
    public static final String XML = "libvirt.xml";

    private static final int MAX_NAME = 255;

    /**
     * Checks the values.
     *
     * @param name see the record
     * @param uuid see the record
     * @param memory see the record
     * @param vcpus see the record
     * @param attributes see the record
     * @throws IllegalArgumentException if one is out of range; the message names it
     */
    public DomainSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
        attributes = Map.copyOf(attributes);
        boolean hostile = name.chars().anyMatch(c -> c == '/' || Character.isISOControl(c));
        if (name.isBlank() || name.length() > MAX_NAME || hostile) {
            throw new IllegalArgumentException("bad domain name: '" + name + "'");
        }
        if (memory <= 0) {
            throw new IllegalArgumentException(
                    "domain " + name + ": memory is " + memory + " bytes");
        }
        if (vcpus < 1) {
            throw new IllegalArgumentException("domain " + name + ": " + vcpus + " vcpus");
        }
    }

    /**
     * Describes a domain with one virtual CPU and a random uuid.
     *
     * @param name its name
     * @param memory its memory in bytes
     * @return the description
     * @throws IllegalArgumentException if a value is out of range
     */
    public static DomainSpec of(String name, long memory) {
        return new DomainSpec(name, UUID.randomUUID(), memory, 1, Map.of());
    }
}
