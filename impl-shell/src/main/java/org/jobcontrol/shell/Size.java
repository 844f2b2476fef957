package org.jobcontrol.shell;

/**
 * An amount of data as people write it, see {@link Converters#size}.
 *
 * @param bytes the amount, in bytes
 */
record Size(long bytes) {}
