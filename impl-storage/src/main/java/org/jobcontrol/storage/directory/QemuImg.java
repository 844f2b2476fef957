package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.Pace;
import org.jspecify.annotations.Nullable;

/**
 * Works on images of formats other than raw, by the tool that knows them. The tool is given chains that
 * were checked, file by file with their formats; it finds out nothing by itself.
 */
final class QemuImg {
    private static final String TOOL = "qemu-img";
    private static final Pattern PERCENT = Pattern.compile("\\(\\s*(\\d+\\.\\d+)/100%\\)");

    /** qcow2 counts in sectors of so many bytes. */
    static final long SECTOR = 512;

    /** What changes little more than a header. */
    private static final Duration SHORT = Duration.ofMinutes(10);

    private static final Duration LONGEST = Duration.ofDays(365);

    /** No disk is slower, in bytes per second, that is not broken. */
    private static final long SLOWEST = 256 << 10;

    private static final long MEMORY = 1L << 30;

    /** For the tables of one more image in a chain. */
    private static final long MEMORY_OF_AN_IMAGE = 48L << 20;

    private QemuImg() {}

    /** Thrown when the tool is not there. */
    static final class Missing extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Missing() {
            super("this needs qemu-img, which is not installed (Debian, Ubuntu: package"
                    + " qemu-utils; Fedora, SUSE: qemu-img or qemu-tools)");
        }
    }

    static void checkInstalled() throws Missing {
        if (!ToolProcess.isInstalled(TOOL)) {
            throw new Missing();
        }
    }

    /** Returns the capacity of a qcow2 image that is to have as many bytes: it has whole sectors. */
    static long capacity(long bytes) {
        return bytes > Long.MAX_VALUE - SECTOR ? bytes : (bytes + SECTOR - 1) / SECTOR * SECTOR;
    }

    /** Makes a qcow2 image in a file that is there and empty. */
    static void create(Path file, long capacity, @Nullable Backing backing, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("create", "-q", "-f", VolumeSpec.QCOW2));
        if (backing != null) {
            // -u: it does not open the backing file, and so not what that names
            command.addAll(List.of("-u", "-b", backing.file().toString(), "-F", backing.format()));
        }
        command.add(file.toString());
        command.add(Long.toString(capacity));
        run(command, new ToolProcess.Limits(SHORT, MEMORY), job, text -> {});
    }

    /** The file below an image. */
    record Backing(Path file, String format) {}

    /** Copies what an image of a capacity shows into a file that is there and empty. */
    static void convert(ImageChain from, long capacity, Path to, String toFormat, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        Pace pace = new Pace(job, capacity);
        List<String> command = new ArrayList<>(List.of("convert", "-p"));
        long slowest = SLOWEST;
        if (job.bandwidth() > 0) {
            // It cannot be told of another limit once it runs.
            command.addAll(List.of("-r", Long.toString(job.bandwidth())));
            slowest = Math.max(1, Math.min(SLOWEST, job.bandwidth() / 2));
        }
        command.addAll(List.of("-O", toFormat, from.toQemu(), to.toString()));
        Duration time = time(capacity, slowest);
        run(command, limits(time, from), job, text -> pace.reached(done(text, capacity)));
        pace.reached(capacity);
    }

    /** Returns how many bytes are done by the last percentage that was printed. */
    private static long done(CharSequence text, long capacity) {
        double percent = 0;
        Matcher matcher = PERCENT.matcher(text);
        while (matcher.find()) {
            percent = Double.parseDouble(matcher.group(1));
        }
        return (long) (capacity * Math.min(1, percent / 100));
    }

    /** Changes how large an image looks. */
    static void resize(ImageChain image, long capacity, boolean smaller, Job job)
            throws IOException, JobAbortedException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("resize", "-q"));
        if (smaller) {
            command.add("--shrink");
        }
        command.add(image.toQemu());
        command.add(Long.toString(capacity));
        run(command, limits(time(capacity, SLOWEST), image), job, text -> {});
    }

    private static Duration time(long bytes, long slowest) {
        return SHORT.plusSeconds(Math.min(bytes / slowest, LONGEST.toSeconds()));
    }

    private static ToolProcess.Limits limits(Duration time, ImageChain chain) {
        return new ToolProcess.Limits(time, MEMORY + MEMORY_OF_AN_IMAGE * chain.length());
    }

    private static void run(
            List<String> arguments,
            ToolProcess.Limits limits,
            Job job,
            Consumer<CharSequence> printed)
            throws IOException, JobAbortedException, InterruptedException {
        checkInstalled();
        List<String> command = new ArrayList<>(List.of(TOOL));
        command.addAll(arguments);
        try {
            ToolProcess.run(command, limits, job, printed);
        } catch (IOException e) {
            throw inUse(e) ? new ImageLocks.InUse("as an image: " + e.getMessage()) : e;
        }
    }

    private static boolean inUse(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Is another process using the image")
                || message.contains("Failed to lock byte");
    }
}
