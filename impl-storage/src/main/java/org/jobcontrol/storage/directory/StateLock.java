package org.jobcontrol.storage.directory;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;

/** A lock on a state directory that excludes other processes and other frameworks of this process. */
final class StateLock {
    private static final String FILE = "lock";

    private StateLock() {}

    /** What is done while the lock is held. */
    interface Action<E extends Exception> {
        void run() throws IOException, E;
    }

    /**
     * Runs an action while no other process and no other thread runs one for the same directory, and
     * waits for them to finish.
     *
     * @throws IOException if the lock file cannot be opened or locked, or if the action throws it
     * @throws E if the action throws it
     */
    static <E extends Exception> void holding(Path directory, Action<E> action)
            throws IOException, E {
        Path file = directory.toRealPath().resolve(FILE);
        // A file lock is held by the process. Within it, every class loader has the same interned
        // string.
        synchronized (file.toString().intern()) {
            try (FileChannel channel = FileChannel.open(file, CREATE, WRITE);
                    FileLock held = channel.lock()) {
                action.run();
            } catch (FileLockInterruptionException e) {
                ClosedByInterruptException interrupted = new ClosedByInterruptException();
                interrupted.initCause(e);
                throw interrupted;
            }
        }
    }
}
