package org.jobcontrol.core.journal;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jobcontrol.api.spi.JobJournal.Contents;
import org.jobcontrol.api.spi.JobJournal.Numbers;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a journal, and what it says. Safe for use by many threads, which wait for one another. */
final class JournalFile implements Closeable {
    /*
     * Frames are only ever appended. What a later frame says of a job takes the place of what an earlier
     * one said; when most of the file is of no more use, what is, is written to a new file, which takes
     * the name of the old one in one step.
     *
     * Damage. A frame that does not check, or makes no sense, is skipped, and reading goes on at the next
     * one that does: so a flipped bit costs one frame. If none follows, it is the tail that a crash tore, and is cut. The
     * file as it was found is kept beside, unless only its tail was torn.
     *
     * Failure. What was appended before a failure is cut off again, before anything else is appended.
     *
     * Others. The name may come to stand for no file or another one, and the file may be cut, while it
     * is open: what is written then is lost with the process. So each append looks for that before it
     * writes and before it answers:
     *
     *   the file      | what is done
     *   --------------+----------------------------------------------------------------
     *   is gone       | all records, which are in memory, are written to a new file
     *   was cut       | the same
     *   is another    | nothing is written: what is in it may be all that somebody has
     *   is longer     | the same: somebody else writes to it
     */
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);

    private static final int VERSION = 1;
    static final String NAME = "jobs.journal";

    /** A file that was found damaged, as it was. */
    static final String DAMAGED = NAME + ".damaged";

    /** A file that is smaller is not worth the work. */
    private static final long WORTH_COMPACTING = 1 << 20;

    private static final int MOSTLY = 4;

    /** It is read as a whole. */
    private static final long LONGEST = 1L << 30;

    private final Path directory;
    private final Path path;
    private final TreeMap<Long, JobRecord> jobs = new TreeMap<>();
    private Numbers numbers = new Numbers(0, 0);
    private FileChannel channel;
    private @Nullable Object fileKey;
    private long end;

    /** Whether a write failed, and what it left could not be cut off. */
    private boolean leftover;

    private long compacted;
    private long records;

    /**
     * Opens the file, or makes it.
     *
     * @throws IOException if it cannot be read or written, or is of a later version
     */
    JournalFile(Path directory) throws IOException {
        this.directory = directory;
        this.path = directory.resolve(NAME);
        this.channel = FileChannel.open(path, CREATE, READ, WRITE);
        try {
            this.fileKey = DirectoryLock.fileKey(path);
            boolean damaged = read();
            if (end == 0) {
                append(List.of(format()), true);
                force(directory);
            } else if (damaged || mostlyGarbage()) {
                tryToCompact();
            }
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    synchronized Contents contents() {
        return new Contents(List.copyOf(jobs.values()), numbers);
    }

    // ---- reading --------------------------------------------------------------------------------

    /** Reads what is there and cuts the tail; returns whether there is damage before it. */
    private boolean read() throws IOException {
        if (channel.size() > LONGEST) {
            throw new IOException(
                    path + " has " + channel.size() + " bytes, too many for a journal");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        PartChecksums sums = new PartChecksums(bytes, Frame.LONGEST);
        boolean damaged = false;
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            Frame frame = Frame.read(bytes, sums);
            if (frame == null) {
                bytes.position(at + 1);
                continue;
            }
            int start = bytes.position() - frame.size();
            if (start > end) {
                LOG.warn("{}: {} damaged bytes at {} are skipped", path, start - end, end);
                damaged = true;
            }
            damaged |= !apply(frame);
            end = bytes.position();
        }
        long tail = bytes.limit() - end;
        if (tail > 0) {
            LOG.warn("{}: the last {} bytes are no whole record and are cut", path, tail);
        }
        // With no record at all it may be anything.
        damaged |= end == 0 && tail >= format().size();
        if (damaged) {
            Path copy = directory.resolve(DAMAGED);
            Files.copy(path, copy, REPLACE_EXISTING);
            LOG.warn("{}: kept as it was found in {}", path, copy);
        }
        channel.truncate(end);
        return damaged;
    }

    /** Takes in what a frame says; false, and logged, if that makes no sense. */
    private boolean apply(Frame frame) throws IOException {
        switch (frame.kind()) {
            case Frame.FORMAT -> checkVersion(frame);
            case Frame.NUMBERS -> {
                if (frame.hasNumbers(2)) {
                    numbers = new Numbers(frame.number(0), frame.number(1));
                }
            }
            case Frame.JOB -> {
                records++;
                return put(frame);
            }
            case Frame.FORGET -> {
                if (frame.hasNumbers(1)) {
                    jobs.remove(frame.number(0));
                }
            }
            default -> LOG.warn("{}: an entry of unknown kind {} is left out", path, frame.kind());
        }
        return true;
    }

    private boolean put(Frame frame) {
        try {
            JobRecord job = RecordFormat.decode(frame.payload());
            jobs.put(job.id(), job);
            return true;
        } catch (IOException e) {
            LOG.warn("{}: an entry is left out: {}", path, e.getMessage());
            return false;
        }
    }

    private void checkVersion(Frame frame) throws IOException {
        long version = frame.hasNumbers(1) ? frame.number(0) : -1;
        if (version != VERSION) {
            throw new IOException(path + " has format " + version + ", and this reads " + VERSION);
        }
    }

    private static Frame format() {
        return Frame.ofLongs(Frame.FORMAT, VERSION);
    }

    // ---- writing --------------------------------------------------------------------------------

    /**
     * Appends frames: all of them, or none.
     *
     * @param force whether they are to outlive a crash of the machine when this returns
     */
    synchronized void append(List<Frame> frames, boolean force) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(frames.stream().mapToInt(Frame::size).sum());
        frames.forEach(frame -> bytes.put(frame.bytes()));
        bytes.flip();
        checkInPlace();
        long at = end;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            if (force) {
                channel.force(false);
                checkKept(at);
            }
        } catch (IOException e) {
            cut(e);
            throw e;
        }
        end = at;
        for (Frame frame : frames) {
            apply(frame);
        }
        if (end > MOSTLY * Math.max(compacted, WORTH_COMPACTING)) {
            tryToCompact();
        }
    }

    /**
     * Looks whether the file is still there as it was written, and if it was removed or cut by others,
     * writes all records again.
     *
     * @throws IOException if that fails, or if others have replaced the file or written to it; it is left
     *     alone
     */
    synchronized void checkInPlace() throws IOException {
        if (leftover) {
            channel.truncate(end);
            leftover = false;
        }
        boolean gone = Files.notExists(path);
        if (!gone && !Objects.equals(DirectoryLock.fileKey(path), fileKey)) {
            throw new IOException(path + " was replaced by another file while it was in use; it is"
                    + " used again when that is moved away, or the core is restarted");
        }
        long size = channel.size();
        if (size > end) {
            throw new IOException(path + " was written to by others while it was in use: it has "
                    + size + " bytes instead of " + end + "; it is used again when the core is"
                    + " restarted");
        }
        if (gone || size < end) {
            LOG.warn(
                    "{} was {} by others while it was in use; all {} records are written again",
                    path,
                    gone ? "removed" : "cut to " + size + " bytes",
                    jobs.size());
            compact();
        }
    }

    /** Fails if what was just written is lost already. */
    private void checkKept(long size) throws IOException {
        boolean kept = Files.exists(path)
                && Objects.equals(DirectoryLock.fileKey(path), fileKey)
                && channel.size() == size;
        if (!kept) {
            throw new IOException(path + " was removed or changed by others while it was written");
        }
    }

    private void cut(IOException failure) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            leftover = true;
            failure.addSuppressed(e);
        }
    }

    // ---- compaction -----------------------------------------------------------------------------

    /** Returns whether most records that were read have been replaced or forgotten since. */
    private boolean mostlyGarbage() {
        return end > WORTH_COMPACTING && records > MOSTLY * (long) jobs.size();
    }

    private void tryToCompact() {
        try {
            compact();
        } catch (IOException e) {
            // all is there as before, only longer
            LOG.warn("{} is not made shorter", path, e);
        }
        // tried again only when it has grown as much once more
        compacted = end;
    }

    private void compact() throws IOException {
        Path next = directory.resolve(NAME + ".new");
        FileChannel anew = FileChannel.open(next, CREATE, READ, WRITE, TRUNCATE_EXISTING);
        Object nextKey;
        long size;
        try {
            // not closed: the channel is to stay open
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(anew), 1 << 16);
            out.write(format().bytes().array());
            Frame reserved = Frame.ofLongs(Frame.NUMBERS, numbers.id(), numbers.fence());
            out.write(reserved.bytes().array());
            for (JobRecord job : jobs.values()) {
                out.write(new Frame(Frame.JOB, RecordFormat.encode(job)).bytes().array());
            }
            out.flush();
            anew.force(true);
            size = anew.position();
            nextKey = DirectoryLock.fileKey(next);
            Files.move(next, path, ATOMIC_MOVE);
        } catch (IOException e) {
            anew.close();
            Files.deleteIfExists(next);
            throw e;
        }
        FileChannel old = channel;
        channel = anew;
        fileKey = nextKey;
        end = size;
        old.close();
        force(directory);
    }

    /** Has the names in a directory outlive a crash of the machine, where directories can be forced. */
    static void force(Path directory) {
        try (FileChannel names = FileChannel.open(directory, READ)) {
            names.force(true);
        } catch (IOException e) {
            LOG.debug("{} cannot be forced", directory, e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
