package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.storage.Pace;
import org.jspecify.annotations.Nullable;

/**
 * What concerns formats other than raw, by the tool that knows them, as a child process: its progress
 * is the job's, an abort ends it, a pause stops it.
 *
 * <p>An image may name other files to read from. It is used only if all of them are in its own
 * directory: who can write into an image must not read the host's files through it. Formats are always
 * said and never guessed.
 */
final class QemuImg {
    private static final String TOOL = "qemu-img";
    private static final Pattern PERCENT = Pattern.compile("\\(\\s*(\\d+\\.\\d+)/100%\\)");
    private static final Pattern CAPACITY = Pattern.compile("\"virtual-size\":\\s*(\\d+)");
    private static final Pattern BACKING =
            Pattern.compile("\"full-backing-filename\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern DATA_FILE = Pattern.compile("\"data-file\":");
    private static final long LOOK_MILLIS = 20;
    private static final long PATIENCE_MILLIS = 500;
    private static final int LONGEST_OUTPUT = 1 << 20;

    private QemuImg() {}

    /** Thrown when the tool is not there. */
    static final class Missing extends IOException {
        private static final long serialVersionUID = 1L;

        Missing(@Nullable IOException cause) {
            super(
                    "this needs qemu-img, which is not installed (Debian, Ubuntu: package"
                            + " qemu-utils; Fedora, SUSE: qemu-img or qemu-tools)",
                    cause);
        }
    }

    /** What an image says of itself. */
    record Image(long capacity) {}

    /** Returns whether the tool is there. */
    static boolean installed() {
        String path = System.getenv("PATH");
        return path != null
                && Pattern.compile(":")
                        .splitAsStream(path)
                        .filter(directory -> !directory.isEmpty())
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, TOOL)));
    }

    /** Makes an image in a file that is there and empty. */
    static void create(Path file, String format, long capacity, @Nullable Path backing, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("create", "-q", "-f", format));
        if (backing != null) {
            command.addAll(List.of("-b", backing.toString(), "-F", ImageFormat.of(backing)));
        }
        command.add(file.toString());
        command.add(Long.toString(capacity));
        run(command, job, part -> {});
    }

    /** Copies an image into a file that is there and empty. */
    static void convert(Path from, String fromFormat, Path to, String toFormat, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        long capacity = check(from, fromFormat).capacity();
        Pace pace = new Pace(job, capacity);
        List<String> command = new ArrayList<>(List.of("convert", "-p", "-f", fromFormat));
        if (job.bandwidth() > 0) {
            // It cannot be told of another limit once it runs.
            command.addAll(List.of("-r", Long.toString(job.bandwidth())));
        }
        command.addAll(List.of("-O", toFormat, from.toString(), to.toString()));
        run(command, job, part -> pace.reached((long) (capacity * part)));
        pace.reached(capacity);
    }

    /** Changes how large an image looks. */
    static void resize(Path file, String format, long capacity, boolean smaller, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        check(file, format);
        List<String> command = new ArrayList<>(List.of("resize", "-q", "-f", format));
        if (smaller) {
            command.add("--shrink");
        }
        command.add(file.toString());
        command.add(Long.toString(capacity));
        run(command, job, part -> {});
    }

    /** Asks an image for its size, and refuses it if it reads from elsewhere. */
    static Image check(Path file, String format) throws IOException, InterruptedException {
        String json = ask(List.of("info", "-U", "--output=json", "-f", format, file.toString()));
        Matcher capacity = CAPACITY.matcher(json);
        if (!capacity.find()) {
            throw new IOException(TOOL + " does not say how large " + file + " is: " + json);
        }
        Matcher backing = BACKING.matcher(json);
        while (backing.find()) {
            checkInside(file, backing.group(1));
        }
        if (DATA_FILE.matcher(json).find()) {
            throw new IOException(file + " keeps its data in another file");
        }
        return new Image(Long.parseLong(capacity.group(1)));
    }

    private static void checkInside(Path file, String backing) throws IOException {
        Path directory = file.getParent();
        boolean plain = backing.startsWith("/") && backing.indexOf('\\') < 0;
        if (directory == null || !plain || !Path.of(backing).normalize().startsWith(directory)) {
            throw new IOException(
                    file + " reads from '" + backing + "', which is not in its directory");
        }
    }

    // ---- the child process ----------------------------------------------------------------------

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(TOOL));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw installed() ? e : new Missing(e);
        }
    }

    private static String ask(List<String> arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            String output = read(process.getInputStream());
            checkExit(process, output);
            return output;
        } finally {
            end(process);
        }
    }

    private static void run(List<String> arguments, Job job, DoubleConsumer progress)
            throws IOException, JobAbortedException, InterruptedException {
        Process process = start(arguments);
        try {
            Output output = new Output(process.getInputStream());
            CompletableFuture<Void> reader =
                    CompletableFuture.runAsync(output::follow, QemuImg::onItsOwnThread);
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                goOn(process, job);
                progress.accept(output.part());
            }
            reader.join();
            job.checkpoint();
            checkExit(process, output.text());
        } finally {
            end(process);
        }
    }

    private static void goOn(Process process, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        if (!job.pauseRequested()) {
            job.checkpoint();
            return;
        }
        signal(process, "STOP");
        try {
            job.checkpoint();
        } finally {
            signal(process, "CONT");
        }
    }

    private static void signal(Process process, String signal)
            throws IOException, InterruptedException {
        // The JDK can end a process, but neither stop nor continue it.
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** What the process says: how far it is, and everything else. */
    private static final class Output {
        private final InputStream stream;
        private final StringBuilder text = new StringBuilder();
        private volatile double part;

        Output(InputStream stream) {
            this.stream = stream;
        }

        /** Reads until the process ends. */
        void follow() {
            // Progress overwrites itself: its lines end where they began.
            try (Scanner lines =
                    new Scanner(stream, StandardCharsets.UTF_8).useDelimiter("[\r\n]+")) {
                while (lines.hasNext()) {
                    String line = lines.next();
                    Matcher percent = PERCENT.matcher(line);
                    if (percent.find()) {
                        part = Double.parseDouble(percent.group(1)) / 100;
                    } else if (text.length() < LONGEST_OUTPUT) {
                        text.append(line.strip()).append(' ');
                    }
                }
            }
        }

        /** Returns how much of the work is done; 1 is all. */
        double part() {
            return Math.min(1, part);
        }

        /** To be called when the process has ended and all was read. */
        String text() {
            return text.toString();
        }
    }

    private static void onItsOwnThread(Runnable task) {
        Thread thread = new Thread(task, "jobcontrol-qemu-img");
        thread.setDaemon(true);
        thread.start();
    }

    private static String read(InputStream stream) throws IOException {
        return new String(stream.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8);
    }

    private static void checkExit(Process process, String output)
            throws IOException, InterruptedException {
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(TOOL + " ended with " + status + ": " + output.strip());
        }
    }

    /** Sees to it that the process is gone. */
    private static void end(Process process) {
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
