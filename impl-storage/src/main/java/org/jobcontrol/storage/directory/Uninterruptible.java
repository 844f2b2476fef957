package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs work on files that must come to its end: an interrupt closes the channel that a thread uses, so
 * the work is done again, and the interrupt is kept for the caller's next wait.
 */
final class Uninterruptible {
    private Uninterruptible() {}

    /** Work that can be repeated. */
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T call(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
