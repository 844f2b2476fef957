package org.jobcontrol.api.domain;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a domain is to go, and how.
 *
 * @param destination the URI of the hypervisor it goes to: as its own host sees it if peer to peer, else
 *     as this one does
 * @param transport the URI that memory goes to, such as {@code tcp://127.0.0.1:49152}; null to let the
 *     destination choose
 * @param options how
 */
public record MigrationSpec(String destination, @Nullable String transport, Set<Option> options) {
    /** How a domain is moved. */
    public enum Option {
        /** The guest runs meanwhile. */
        LIVE,
        /** The two hypervisors talk to one another; else this process talks to both. */
        PEER_TO_PEER,
        /** The guest may be switched over before all memory is there; see {@link DomainMigrations}. */
        POST_COPY,
        /** It is defined at its destination. */
        PERSIST_AT_DESTINATION,
        /** It is undefined where it was. */
        UNDEFINE_AT_SOURCE,
        /** Its disks are copied too. */
        COPY_DISKS,
        /** The disks are known to be the same ones there: the hypervisor does not look whether they are. */
        UNSAFE,
        /** The guest is slowed down if its memory changes faster than it moves. */
        AUTO_CONVERGE
    }

    /**
     * Copies the options.
     *
     * @param destination see the record
     * @param transport see the record
     * @param options see the record
     * @throws IllegalArgumentException if the destination is blank
     */
    public MigrationSpec {
        Objects.requireNonNull(destination, "destination");
        if (destination.isBlank()) {
            throw new IllegalArgumentException("the destination of a migration is blank");
        }
        EnumSet<Option> copy = EnumSet.noneOf(Option.class);
        copy.addAll(options);
        options = Collections.unmodifiableSet(copy);
    }

    /**
     * Describes a live migration from hypervisor to hypervisor.
     *
     * @param destination the URI of the one it goes to, as its own host sees it
     * @return the description
     */
    public static MigrationSpec live(String destination) {
        return new MigrationSpec(destination, null, EnumSet.of(Option.LIVE, Option.PEER_TO_PEER));
    }

    /**
     * Returns where memory goes.
     *
     * @return the URI, or empty to let the destination choose
     */
    public Optional<String> transportUri() {
        return Optional.ofNullable(transport);
    }
}
