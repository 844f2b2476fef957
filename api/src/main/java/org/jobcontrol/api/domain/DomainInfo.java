package org.jobcontrol.api.domain;

import java.time.Instant;
import java.util.Objects;

/**
 * How a domain was at one moment.
 *
 * @param state what it was doing
 * @param memory its memory in bytes
 * @param maxMemory the memory it was defined with, in bytes
 * @param vcpus how many virtual CPUs it has
 * @param asOf when this was true
 */
public record DomainInfo(DomainState state, long memory, long maxMemory, int vcpus, Instant asOf) {
    /**
     * Checks that nothing is missing.
     *
     * @param state see the record
     * @param memory see the record
     * @param maxMemory see the record
     * @param vcpus see the record
     * @param asOf see the record
     */
    public DomainInfo {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(asOf, "asOf");
    }
}
