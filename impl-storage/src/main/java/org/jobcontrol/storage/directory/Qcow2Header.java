package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The header of a qcow2 image, versions 2 and 3, as QEMU's {@code docs/interop/qcow2.txt} lays it out.
 * It is read here and not asked of qemu-img, because qemu-img opens the files that a header names
 * before anybody could refuse them.
 *
 * @param capacity how large the image looks, in bytes
 * @param backing the name of the backing file as it stands in the header, or null if there is none
 * @param backingFormat the format that the header gives for the backing file, or null
 * @param externalData whether the data is in another file
 * @param snapshots the number of internal snapshots
 */
record Qcow2Header(
        long capacity,
        @Nullable String backing,
        @Nullable String backingFormat,
        boolean externalData,
        long snapshots) {
    /*
     *   offset | bytes | field
     *   -------+-------+---------------------------------------------------------
     *        0 |     4 | magic, "QFI\xfb"
     *        4 |     4 | version
     *        8 |     8 | where the backing file's name is; 0 if there is none
     *       16 |     4 | the length of that name
     *       24 |     8 | capacity
     *       60 |     4 | number of internal snapshots
     *       72 |     8 | incompatible features (version 3); bit 2: external data file
     *      100 |     4 | length of the header (version 3)
     *
     * Behind the header stand extensions: type, length, data padded to 8 bytes; type 0 ends them.
     */
    /** So many bytes tell whether a file begins as an image does. */
    static final int MAGIC_LENGTH = Integer.BYTES;

    private static final int MAGIC = 0x514649fb;
    private static final int VERSION_2_LENGTH = 72;
    private static final int VERSION_3_LENGTH = 104;
    private static final int EXTERNAL_DATA = 1 << 2;
    private static final int END_OF_EXTENSIONS = 0;
    private static final int BACKING_FORMAT = 0xe2792aca;

    /** QEMU takes no longer name. */
    private static final int LONGEST_NAME = 1023;

    /** Header, extensions and name are in the first cluster, which has at most 2 MiB; QEMU uses 64 KiB. */
    private static final int LONGEST = 1 << 16;

    /** Thrown when a file has no header that QEMU would take. */
    static final class Damaged extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Damaged(String what) {
            super("its qcow2 header is damaged, qemu-img cannot open it: " + what);
        }
    }

    /** Returns whether a file begins as a qcow2 image does. */
    static boolean isAt(Path file) throws IOException {
        ByteBuffer begin = begin(file, MAGIC_LENGTH);
        return begin.remaining() == MAGIC_LENGTH && begin.getInt(0) == MAGIC;
    }

    /**
     * Reads the header of a file.
     *
     * @throws Damaged if there is none that is whole
     */
    static Qcow2Header read(Path file) throws IOException {
        ByteBuffer bytes = begin(file, LONGEST);
        if (bytes.remaining() < Integer.BYTES || bytes.getInt(0) != MAGIC) {
            throw new Damaged("it does not begin as a qcow2 image does");
        }
        if (bytes.remaining() < VERSION_2_LENGTH) {
            throw new Damaged("it ends after " + bytes.remaining() + " bytes");
        }
        int version = bytes.getInt(4);
        if (version != 2 && version != 3) {
            throw new Damaged("its version is " + Integer.toUnsignedString(version));
        }
        long capacity = bytes.getLong(24);
        if (capacity < 0) {
            throw new Damaged("its capacity is " + Long.toUnsignedString(capacity));
        }
        int length = version == 2 ? VERSION_2_LENGTH : headerLength(bytes);
        boolean external = version == 3 && (bytes.getLong(72) & EXTERNAL_DATA) != 0;
        return new Qcow2Header(
                capacity,
                backing(bytes),
                backingFormat(bytes, length),
                external,
                Integer.toUnsignedLong(bytes.getInt(60)));
    }

    private static int headerLength(ByteBuffer bytes) throws Damaged {
        int length = bytes.limit() < VERSION_3_LENGTH ? 0 : bytes.getInt(100);
        if (length < VERSION_3_LENGTH || length > bytes.limit()) {
            throw new Damaged("its length is " + Integer.toUnsignedString(length));
        }
        return length;
    }

    private static @Nullable String backing(ByteBuffer bytes) throws Damaged {
        long offset = bytes.getLong(8);
        int length = bytes.getInt(16);
        if (offset == 0 || length == 0) {
            return null;
        }
        if (length < 0 || length > LONGEST_NAME || offset < 0 || offset > bytes.limit() - length) {
            throw new Damaged("its backing file's name has " + Integer.toUnsignedString(length)
                    + " bytes at " + Long.toUnsignedString(offset));
        }
        return text(bytes, (int) offset, length);
    }

    private static @Nullable String backingFormat(ByteBuffer bytes, int headerLength)
            throws Damaged {
        int at = headerLength;
        while (at <= bytes.limit() - 2 * Integer.BYTES) {
            int type = bytes.getInt(at);
            int length = bytes.getInt(at + Integer.BYTES);
            at += 2 * Integer.BYTES;
            if (type == END_OF_EXTENSIONS) {
                return null;
            }
            if (length < 0 || length > bytes.limit() - at) {
                throw new Damaged(
                        "an extension has " + Integer.toUnsignedString(length) + " bytes");
            }
            if (type == BACKING_FORMAT) {
                return text(bytes, at, length);
            }
            at += (length + 7) & ~7;
        }
        return null;
    }

    private static String text(ByteBuffer bytes, int offset, int length) {
        return StandardCharsets.UTF_8.decode(bytes.slice(offset, length)).toString();
    }

    private static ByteBuffer begin(Path file, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try (FileChannel channel = Bytes.openToRead(file)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // the next part of it
            }
        }
        return bytes.flip();
    }
}
