package org.jobcontrol.api.domain;

/** What statistics are about, with libvirt's names ({@code virDomainStatsTypes}). */
public enum StatisticsGroup {
    /** State and the reason for it: {@code state.*}. */
    STATE,
    /** Processor time: {@code cpu.*}. */
    CPU,
    /** Memory: {@code balloon.*}. */
    BALLOON,
    /** Each virtual processor: {@code vcpu.*}. */
    VCPU,
    /** Each network interface: {@code net.*}. */
    INTERFACE,
    /** Each disk: {@code block.*}. */
    BLOCK,
    /** Performance events, if any are on: {@code perf.*}. */
    PERF
}
