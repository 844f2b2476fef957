package org.jobcontrol.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in a directory, which it keeps for itself. One thread writes: whoever comes while it does
 * waits for the next write, which is for all that have come by then. Safe for use by many threads.
 */
public final class FileJournal implements JobJournal, AutoCloseable {
    /*
     * The thread of its own does for interrupts too: one that hits a thread in a channel closes the
     * channel, for all. Nobody interrupts this thread, and who waits for it waits on.
     */
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    /** How often a journal in which nothing is written is looked at. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** What is to be appended; with nobody who waits for it, it need not be forced. */
    private record Entry(List<Frame> frames, @Nullable CompletableFuture<Void> done, boolean last) {
        Entry(List<Frame> frames, @Nullable CompletableFuture<Void> done) {
            this(frames, done, false);
        }
    }

    private final DirectoryLock lock;
    private final JournalFile file;
    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Duration look;
    private final Thread writer;

    /** The last error of a look, or an empty string; so that it is logged once. */
    private String problem = "";

    /** Whether nobody writes any more. */
    private volatile boolean gone;

    /**
     * Opens the journal in a directory, made if need be.
     *
     * @param directory the directory
     * @throws IOException if it cannot be read and written, is in use by another process, or was written
     *     by a later version
     */
    public FileJournal(Path directory) throws IOException {
        this(directory, List.of(), LOOK);
    }

    /**
     * Opens the journal in a directory, made if need be, and takes along a journal that was kept elsewhere
     * before.
     *
     * @param directory the directory
     * @param former where the journal may have been before; the first that is found is moved
     * @throws IOException if the directory cannot be read and written, is in use by another process, or was
     *     written by a later version, or if the former journal cannot be moved; nothing is lost
     */
    FileJournal(Path directory, List<Path> former) throws IOException {
        this(directory, former, LOOK);
    }

    /**
     * The same, for tests.
     *
     * @param look how often the files are looked at while nothing is written
     */
    FileJournal(Path directory, List<Path> former, Duration look) throws IOException {
        this.look = look;
        this.lock = new DirectoryLock(directory);
        try {
            for (Path before : former) {
                new FormerJournal(before).moveTo(directory);
            }
            this.file = new JournalFile(directory);
            this.writer = new Thread(this::write, "jobcontrol-journal");
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
        writer.setDaemon(true);
        writer.setContextClassLoader(null);
        writer.start();
    }

    @Override
    public Contents read() {
        return file.contents();
    }

    @Override
    public void write(List<JobRecord> records) throws IOException {
        append(records.stream().map(FileJournal::frame).toList());
    }

    @Override
    public void note(JobRecord record) {
        entries.add(new Entry(List.of(frame(record)), null));
    }

    @Override
    public void forget(Collection<Long> ids) {
        List<Frame> frames =
                ids.stream().map(id -> Frame.ofLongs(Frame.FORGET, id)).toList();
        entries.add(new Entry(frames, null));
    }

    @Override
    public void reserve(Numbers numbers) throws IOException {
        append(List.of(Frame.ofLongs(Frame.NUMBERS, numbers.id(), numbers.fence())));
    }

    private static Frame frame(JobRecord record) {
        Frame frame = new Frame(Frame.JOB, RecordFormat.encode(record));
        if (frame.payload().length > Frame.LONGEST) {
            throw new IllegalArgumentException("the record of job #" + record.id() + " has "
                    + frame.payload().length + " bytes, and may have " + Frame.LONGEST);
        }
        return frame;
    }

    /** Appends frames, and returns when they outlive a crash. */
    private void append(List<Frame> frames) throws IOException {
        if (frames.isEmpty()) {
            // The writer does not answer for what it need not write.
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        entries.add(new Entry(frames, done));
        if (gone) {
            failAll(drained(), new IOException("the journal is closed"));
        }
        await(done);
    }

    private static void await(CompletableFuture<Void> done) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    done.get();
                    return;
                } catch (InterruptedException e) {
                    // It is a matter of milliseconds, and what is recorded must be known.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    // with the stack of whoever wanted it
                    ? new IOException(failure.getMessage(), failure)
                    : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- the writer -----------------------------------------------------------------------------

    private void write() {
        try (file) {
            List<Entry> group;
            do {
                group = nextGroup();
                appendAll(group);
            } while (group.stream().noneMatch(Entry::last));
        } catch (IOException e) {
            LOG.warn("the journal was not closed in order", e);
        } finally {
            // First: whoever adds an entry later sees this, and fails it.
            gone = true;
            failAll(drained(), new IOException("the journal is closed"));
        }
    }

    private List<Entry> nextGroup() throws IOException {
        List<Entry> group = new ArrayList<>();
        try {
            Entry first = entries.poll(look.toMillis(), TimeUnit.MILLISECONDS);
            while (first == null) {
                lookAtFiles();
                first = entries.poll(look.toMillis(), TimeUnit.MILLISECONDS);
            }
            group.add(first);
        } catch (InterruptedException e) {
            throw new IOException("the thread that writes the journal was interrupted", e);
        }
        entries.drainTo(group);
        return group;
    }

    /** Looks whether others have removed or changed the files since the last write. */
    private void lookAtFiles() {
        String found = "";
        try {
            lock.hold();
            file.checkInPlace();
        } catch (IOException | RuntimeException e) {
            found = e.toString();
            if (!found.equals(problem)) {
                LOG.error("the journal cannot be written: {}", e.getMessage(), e);
            }
        }
        problem = found;
    }

    private void appendAll(List<Entry> group) {
        List<Frame> frames = new ArrayList<>();
        boolean force = false;
        for (Entry entry : group) {
            frames.addAll(entry.frames);
            force |= entry.done != null;
        }
        if (frames.isEmpty()) {
            return;
        }
        try {
            lock.hold();
            file.append(frames, force);
        } catch (IOException | RuntimeException | Error e) {
            // An error too: somebody waits for each of them, and the next ones may do.
            if (!force) {
                LOG.debug("what need not be kept is not", e);
            }
            failAll(group, e);
            return;
        }
        for (Entry entry : group) {
            if (entry.done != null) {
                entry.done.complete(null);
            }
        }
    }

    private List<Entry> drained() {
        List<Entry> left = new ArrayList<>();
        entries.drainTo(left);
        return left;
    }

    private static void failAll(List<Entry> group, Throwable cause) {
        for (Entry entry : group) {
            if (entry.done != null) {
                entry.done.completeExceptionally(cause);
            }
        }
    }

    /** Writes what is still to be written, and gives the directory free. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        entries.add(new Entry(List.of(), null, true));
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the journal's directory is not given free", e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
