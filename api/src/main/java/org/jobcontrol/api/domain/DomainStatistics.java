package org.jobcontrol.api.domain;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Statistics of a domain at one moment.
 *
 * @param values numbers, booleans and strings by libvirt's names, such as {@code balloon.current}
 *     (KiB) and {@code block.0.rd.bytes}; empty if nothing was ever seen
 * @param asOf when they were true
 */
public record DomainStatistics(Map<String, Object> values, Instant asOf) {
    /**
     * Copies the map.
     *
     * @param values see the record
     * @param asOf see the record
     */
    public DomainStatistics {
        Objects.requireNonNull(asOf, "asOf");
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }
}
