package org.jobcontrol.core.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the file, so that it can be told from damage: {@code magic, kind, length, checksum,
 * payload}. The checksum is CRC-32C over all the rest.
 */
final class Frame {
    /** The payload is the version of the format, one int; the first of every file. */
    static final byte FORMAT = 1;
    /** The payload is what was reserved: the id, and the fence. */
    static final byte NUMBERS = 2;
    /** The payload is a job's record. */
    static final byte JOB = 3;
    /** The payload is the id of a job to forget. */
    static final byte FORGET = 4;

    private static final short MAGIC = (short) 0xA9C7;
    private static final int HEADER = Short.BYTES + Byte.BYTES + Integer.BYTES + Integer.BYTES;

    /** Longer ones are not written, so a longer one is damage. */
    static final int LONGEST = 1 << 20;

    private final byte kind;
    private final byte[] payload;

    /**
     * Makes a frame.
     *
     * @param kind what the payload is
     * @param payload the content, not changed any more
     */
    Frame(byte kind, byte[] payload) {
        this.kind = kind;
        this.payload = payload;
    }

    static Frame ofLongs(byte kind, long... values) {
        ByteBuffer payload = ByteBuffer.allocate(values.length * Long.BYTES);
        payload.asLongBuffer().put(values);
        return new Frame(kind, payload.array());
    }

    byte kind() {
        return kind;
    }

    byte[] payload() {
        return payload;
    }

    /** Returns a number of the payload of one that has only such. */
    long number(int index) {
        return ByteBuffer.wrap(payload).getLong(index * Long.BYTES);
    }

    boolean hasNumbers(int count) {
        return payload.length == count * Long.BYTES;
    }

    int size() {
        return HEADER + payload.length;
    }

    ByteBuffer bytes() {
        return ByteBuffer.allocate(size())
                .putShort(MAGIC)
                .put(kind)
                .putInt(payload.length)
                .putInt(checksum(kind, payload))
                .put(payload)
                .flip();
    }

    /**
     * Reads the frame at the buffer's position and moves behind it; null, and stays, if there is none.
     *
     * @param sums of the whole buffer
     */
    static @Nullable Frame read(ByteBuffer from, PartChecksums sums) {
        int at = from.position();
        if (from.remaining() < HEADER || from.getShort(at) != MAGIC) {
            return null;
        }
        byte kind = from.get(at + 2);
        int length = from.getInt(at + 3);
        int checksum = from.getInt(at + 7);
        if (length < 0 || length > LONGEST || length > from.remaining() - HEADER) {
            return null;
        }
        if (checksum != sums.update(checksum(kind, length), at + HEADER, length)) {
            return null;
        }
        byte[] payload = new byte[length];
        from.get(at + HEADER, payload);
        from.position(at + HEADER + length);
        return new Frame(kind, payload);
    }

    private static int checksum(byte kind, byte[] payload) {
        CRC32C sum = header(kind, payload.length);
        sum.update(payload);
        return (int) sum.getValue();
    }

    private static int checksum(byte kind, int length) {
        return (int) header(kind, length).getValue();
    }

    private static CRC32C header(byte kind, int length) {
        CRC32C sum = new CRC32C();
        sum.update(kind);
        sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
        return sum;
    }
}
