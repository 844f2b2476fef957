package org.jobcontrol.core.journal;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A journal in a directory where it is no longer kept. */
final class FormerJournal {
    /*
     * The journal itself is moved last: until then a crash leaves it where it was, and the next start
     * goes on. At each moment there is one whole journal, or two with the same bytes.
     */
    private static final Logger LOG = LoggerFactory.getLogger(FormerJournal.class);

    private final Path directory;

    FormerJournal(Path directory) {
        this.directory = directory;
    }

    /**
     * Moves the journal to a directory that has none; a journal that is there stays.
     *
     * @param target the directory, which the caller has locked
     * @throws IOException if the journal cannot be moved, or is in use; it is where it was
     */
    void moveTo(Path target) throws IOException {
        Path from = directory.resolve(JournalFile.NAME);
        if (Files.notExists(from) || Files.isSameFile(directory, target)) {
            return;
        }
        try (DirectoryLock held = new DirectoryLock(directory)) {
            Path to = target.resolve(JournalFile.NAME);
            if (!Files.notExists(to, LinkOption.NOFOLLOW_LINKS)) {
                leave(from, to);
                return;
            }
            if (Files.exists(directory.resolve(JournalFile.DAMAGED))) {
                move(JournalFile.DAMAGED, target);
            }
            move(JournalFile.NAME, target);
            LOG.info("the journal {} was moved to {}", from, to);
        }
    }

    /** Deletes the former journal if the present one is its copy, which an interrupted move can leave. */
    private static void leave(Path from, Path to) throws IOException {
        if (Files.mismatch(from, to) == -1) {
            Files.delete(from);
        } else {
            LOG.warn("the journal {} is not used, as there is {}", from, to);
        }
    }

    private void move(String name, Path target) throws IOException {
        Path from = directory.resolve(name);
        try {
            Files.move(from, target.resolve(name), ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            LOG.debug("{} and {} are on different file systems", directory, target, e);
            copy(name, target);
            Files.delete(from);
        }
        JournalFile.force(target);
        JournalFile.force(directory);
    }

    private void copy(String name, Path target) throws IOException {
        Path next = target.resolve(name + ".new");
        Files.copy(directory.resolve(name), next, REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(next, WRITE)) {
            channel.force(true);
        }
        Files.move(next, target.resolve(name), ATOMIC_MOVE);
        JournalFile.force(target);
    }
}
