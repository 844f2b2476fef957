package org.jobcontrol.domain;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UTFDataFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jobcontrol.api.domain.DomainState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The byte work of the test driver: the files of saved guests.
 *
 * <p>A file has a header and, in place of the memory, a hole of that size. It is written as a part
 * file beside it, and gets its name when it is whole. Files are opened as {@link RandomAccessFile},
 * because an interrupt closes a channel.
 */
final class TestFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TestFiles.class);

    private static final String MAGIC = "jobcontrol saved test domain 1";

    private TestFiles() {}

    /**
     * What a file says of a saved guest.
     *
     * @param uuid whose file it is
     * @param memory how much memory it had
     * @param state whether it was running or paused
     */
    record Saved(UUID uuid, long memory, DomainState state) {}

    /** Makes an empty part beside a file, which only the owner can read. */
    static Path part(Path file) throws IOException {
        // Without the file's own name, which may have 255 bytes already.
        return Files.createTempFile(file.toAbsolutePath().getParent(), ".jobcontrol-", ".part");
    }

    /** Fills a part and gives it its name, which must be free. */
    static void publish(Path part, Path file, Saved saved) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(part.toFile(), "rw")) {
            out.writeUTF(MAGIC);
            out.writeLong(saved.uuid.getMostSignificantBits());
            out.writeLong(saved.uuid.getLeastSignificantBits());
            out.writeLong(saved.memory);
            out.writeUTF(saved.state.name());
            out.setLength(out.getFilePointer() + saved.memory);
            // A name that outlives a power failure must not name half of a file.
            out.getFD().sync();
        }
        Files.move(part, file);
    }

    /**
     * Reads what {@link #publish} wrote.
     *
     * @throws EOFException if it is shorter or longer
     * @throws UTFDataFormatException if it is something else
     */
    static Saved read(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (!in.readUTF().equals(MAGIC)) {
                throw new UTFDataFormatException("it does not begin with '" + MAGIC + "'");
            }
            UUID uuid = new UUID(in.readLong(), in.readLong());
            Saved saved = new Saved(uuid, in.readLong(), state(in.readUTF()));
            if (in.length() - in.getFilePointer() != saved.memory) {
                throw new EOFException("it does not hold " + saved.memory + " bytes of memory");
            }
            return saved;
        }
    }

    /** Deletes a file, if it is there; who does this has other failures to tell. */
    static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted and stays", file, e);
        }
    }

    private static DomainState state(String name) throws UTFDataFormatException {
        for (DomainState state : DomainState.values()) {
            if (state.name().equals(name) && state.active()) {
                return state;
            }
        }
        throw new UTFDataFormatException("it has no state '" + name + "'");
    }
}
