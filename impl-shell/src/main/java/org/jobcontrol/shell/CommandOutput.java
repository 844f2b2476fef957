package org.jobcontrol.shell;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/**
 * Finds the output of the command that the calling thread runs. Gogo, on which Karaf's shell is built,
 * gives each command of a line a stream of its own: the session's stream is the terminal even for a
 * command in a pipe.
 */
final class CommandOutput {
    private static final int OUT = 1;

    private CommandOutput() {}

    /**
     * Returns where the command writes to.
     *
     * @param session the output of the session
     * @param columns tells how wide the session's terminal is; 0 if it has none
     * @param directory the current directory of the session
     */
    static Console console(PrintStream session, IntSupplier columns, Path directory) {
        Process process = Process.Utils.current();
        if (process == null) {
            return new Console(session, () -> 0, directory);
        }
        // the command's own stream cannot flush the terminal, and a bar would not be seen moving
        return isTerminal(process)
                ? new Console(session, columns, directory)
                : new Console(process.out(), () -> 0, directory);
    }

    /**
     * Returns whether a command writes to the terminal. One inside braces or parentheses has the output
     * of what they stand for, but Gogo does not tell it whether that is a pipe.
     */
    private static boolean isTerminal(Process process) {
        if (!process.isTty(OUT)) {
            return false;
        }
        for (@Nullable Job job = process.job().parent(); job != null; job = job.parent()) {
            if (!job.processes().stream().allMatch(outer -> outer.isTty(OUT))) {
                return false;
            }
        }
        return true;
    }

    /** Returns the line of the shell that the calling thread runs a part of. */
    static Optional<Job> line() {
        Process process = Process.Utils.current();
        if (process == null) {
            return Optional.empty();
        }
        Job job = process.job();
        for (@Nullable Job outer = job.parent(); outer != null; outer = outer.parent()) {
            job = outer;
        }
        return Optional.of(job);
    }
}
