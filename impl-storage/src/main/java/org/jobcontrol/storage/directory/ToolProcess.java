package org.jobcontrol.storage.directory;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that works as a child process under a job: an abort ends it, a pause stops it, and its
 * time, its memory and its output are limited. Used by one thread, which reads the output between two
 * looks at the job, so nothing is left behind that waits for a pipe to be closed.
 */
final class ToolProcess {
    private static final Logger log = LoggerFactory.getLogger(ToolProcess.class);
    private static final Path SHELL = Path.of("/bin/sh");
    private static final long LOOK_MILLIS = 20;
    private static final long GRACE_MILLIS = 500;
    private static final long KILL_MILLIS = 5_000;
    private static final long MOST_OUTPUT = 1L << 20;

    /** So much of the output goes into a message. */
    private static final int MOST_SHOWN = 4096;

    private final String name;
    private final Process process;
    private final InputStream output;
    private final StringBuilder text = new StringBuilder();
    private long printed;
    private boolean stopped;

    /**
     * What a program may take.
     *
     * @param time how long it may run; a pause does not count
     * @param memory its address space, in bytes
     */
    record Limits(Duration time, long memory) {}

    private ToolProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.output = process.getInputStream();
    }

    /** Returns whether a program is found on the PATH. */
    static boolean isInstalled(String name) {
        String path = System.getenv("PATH");
        Predicate<String> has =
                directory -> !directory.isEmpty() && Files.isExecutable(Path.of(directory, name));
        return path != null
                && Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                        .splitAsStream(path)
                        .anyMatch(has);
    }

    /**
     * Runs a program to its end.
     *
     * @param command the program and its arguments
     * @param seen is given what the program has printed so far, whenever that has become more
     * @throws IOException if the program fails, prints without end, or takes too long
     * @throws JobAbortedException if the job was asked to abort; the program has ended
     * @throws InterruptedException if the thread is interrupted; the program has ended
     */
    static void run(List<String> command, Limits limits, Job job, Consumer<CharSequence> seen)
            throws IOException, JobAbortedException, InterruptedException {
        ToolProcess tool = new ToolProcess(command.get(0), start(command, limits));
        try {
            tool.follow(limits, job, seen);
        } finally {
            tool.end();
        }
    }

    private static Process start(List<String> command, Limits limits) throws IOException {
        List<String> limited = new ArrayList<>();
        if (hasShell()) {
            // The JDK cannot limit a child; the shell limits itself and becomes the program. It may
            // be limited further already.
            String kib = Long.toString(limits.memory() >> 10);
            limited.addAll(List.of(SHELL.toString(), "-c", "ulimit -v $0 2>&-; exec \"$@\"", kib));
        }
        limited.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(limited).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static boolean hasShell() {
        return Files.isExecutable(SHELL);
    }

    private void follow(Limits limits, Job job, Consumer<CharSequence> seen)
            throws IOException, JobAbortedException, InterruptedException {
        long left = limits.time().toNanos();
        long before = System.nanoTime();
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            read(seen);
            long now = System.nanoTime();
            left -= now - before;
            if (left < 0) {
                throw new IOException(
                        name + " has not ended within " + limits.time() + ": " + shown());
            }
            obey(job);
            // without the pause that may have been
            before = System.nanoTime();
        }
        read(seen);
        job.checkpoint();
        if (process.exitValue() != 0) {
            throw new IOException(name + " ended with " + process.exitValue() + ": " + shown());
        }
    }

    private void read(Consumer<CharSequence> seen) throws IOException {
        byte[] block = new byte[8192];
        boolean more = false;
        for (int ready = output.available(); ready > 0; ready = output.available()) {
            int length = output.read(block, 0, Math.min(ready, block.length));
            if (length < 0) {
                break;
            }
            printed += length;
            text.append(new String(block, 0, length, StandardCharsets.UTF_8));
            // the end: an error is printed last
            text.delete(0, Math.max(0, text.length() - MOST_SHOWN));
            more = true;
            if (printed > MOST_OUTPUT) {
                throw new IOException(name + " prints without end: " + shown());
            }
        }
        if (more) {
            seen.accept(text);
        }
    }

    private String shown() {
        return text.toString().strip();
    }

    private void obey(Job job) throws IOException, JobAbortedException, InterruptedException {
        if (job.pauseRequested()) {
            stopped = signal("STOP");
        }
        job.checkpoint();
        if (stopped) {
            stopped = !signal("CONT");
        }
    }

    /** The JDK can end a process, but neither stop nor continue it. */
    private boolean signal(String signal) throws IOException, InterruptedException {
        if (!hasShell()) {
            log.warn("{} works on through the pause: there is no {} to stop it", name, SHELL);
            return false;
        }
        Process kill = new ProcessBuilder(
                        SHELL.toString(),
                        "-c",
                        "kill -s $0 $1",
                        signal,
                        Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        try {
            if (!kill.waitFor(KILL_MILLIS, TimeUnit.MILLISECONDS)) {
                log.warn("{} (process {}): no signal {} within 5 s", name, process.pid(), signal);
                return false;
            }
        } finally {
            kill.destroyForcibly();
        }
        return true;
    }

    /** Ends the process, its children too, and waits until it has ended; but not for ever. */
    private void end() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        close();
        boolean interrupted = Thread.interrupted();
        try {
            if (stopped || !process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            children.forEach(ProcessHandle::destroyForcibly);
            if (!process.waitFor(KILL_MILLIS, TimeUnit.MILLISECONDS)) {
                // in a system call that a dead server does not answer
                log.warn("{} (process {}) does not end though it was killed", name, process.pid());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() {
        try {
            output.close();
        } catch (IOException e) {
            log.debug("the output of {} cannot be closed", name, e);
        }
    }
}
