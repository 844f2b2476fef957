package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which disks of a domain are backed up, and how.
 *
 * @param mode who moves the bytes
 * @param disks for each disk, by its target name such as {@code vda}, the file that the backup goes to,
 *     or that keeps what changes while others read it
 */
public record BackupSpec(Mode mode, Map<String, Path> disks) {
    /** Who moves the bytes. */
    public enum Mode {
        /** The hypervisor writes the backup; the job ends when it is whole. */
        PUSH,
        /**
         * Others read it from the hypervisor (NBD on a Unix socket beside the first file, named like it
         * with {@code .socket} behind); the job ends when it is aborted, and then has COMPLETED.
         */
        PULL
    }

    /**
     * Copies the disks.
     *
     * @param mode see the record
     * @param disks see the record
     * @throws IllegalArgumentException if there is no disk
     */
    public BackupSpec {
        disks = Collections.unmodifiableMap(new TreeMap<>(disks));
        if (disks.isEmpty()) {
            throw new IllegalArgumentException("a backup of no disk");
        }
    }
}
