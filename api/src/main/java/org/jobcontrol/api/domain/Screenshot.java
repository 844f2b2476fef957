package org.jobcontrol.api.domain;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What a domain's screen shows.
 *
 * @param mediaType the kind of image, such as {@code image/x-portable-pixmap}
 * @param image its bytes, read-only
 */
public record Screenshot(String mediaType, ByteBuffer image) {
    /**
     * Makes the bytes read-only.
     *
     * @param mediaType see the record
     * @param image see the record
     */
    public Screenshot {
        Objects.requireNonNull(mediaType, "mediaType");
        image = image.asReadOnlyBuffer();
    }
}
