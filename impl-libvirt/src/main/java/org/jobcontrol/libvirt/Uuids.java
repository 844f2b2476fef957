package org.jobcontrol.libvirt;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Uuids as libvirt has them: 16 bytes, the first digit first. */
final class Uuids {
    static final int LENGTH = 16;

    private Uuids() {}

    static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(LENGTH)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    static UUID of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
