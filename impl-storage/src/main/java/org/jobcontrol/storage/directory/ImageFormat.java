package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jobcontrol.api.storage.VolumeSpec;

/** Tells which format a file has, by how it begins. */
final class ImageFormat {
    private static final int QCOW2_MAGIC = 0x514649fb;

    private ImageFormat() {}

    /** Returns the format of a file; whatever is not known is raw. */
    static String of(Path file) throws IOException {
        ByteBuffer begin = ByteBuffer.allocate(Integer.BYTES);
        try (FileChannel channel = Bytes.openToRead(file)) {
            int read = channel.read(begin, 0);
            return read == Integer.BYTES && begin.getInt(0) == QCOW2_MAGIC
                    ? VolumeSpec.QCOW2
                    : VolumeSpec.RAW;
        }
    }
}
