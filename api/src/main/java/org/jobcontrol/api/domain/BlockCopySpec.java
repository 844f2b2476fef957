package org.jobcontrol.api.domain;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a disk is mirrored to.
 *
 * @param to the new image; it is made
 * @param format its format, such as {@code raw}
 * @param pivot whether the domain goes on with the new image once both are the same; else the new one is
 *     left as it is then
 */
public record BlockCopySpec(Path to, String format, boolean pivot) {
    /**
     * Checks that nothing is missing.
     *
     * @param to see the record
     * @param format see the record
     * @param pivot see the record
     */
    public BlockCopySpec {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(format, "format");
    }
}
