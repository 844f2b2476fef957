package org.jobcontrol.api.storage;

/**
 * How a wipe overwrites a volume. The names are those of libvirt; the passes are what their sources
 * prescribe, without reading back. On disks that move data around by themselves (flash, shingles) no
 * overwriting reaches what was there before.
 */
public enum WipeAlgorithm {
    /** Zeros, once. */
    ZERO,
    /** Random bytes, once. */
    RANDOM,
    /** NNSA NAP-14.1-C: random twice, then zeros. */
    NNSA,
    /** DoD 5220.22-M (d): random, zeros, ones. */
    DOD,
    /** BSI: nine passes, each with one bit set or cleared. */
    BSI,
    /** Gutmann 1996: thirty-five passes. */
    GUTMANN,
    /** Schneier 1996: zeros, ones, random five times. */
    SCHNEIER,
    /** Pfitzner: random seven times. */
    PFITZNER7,
    /** Pfitzner: random thirty-three times. */
    PFITZNER33,
    /** Gives the space back to the pool; what was there reads as zeros, but is not overwritten. */
    TRIM
}
