package org.jobcontrol.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.storage.StartedPool;

/**
 * How fast volumes are copied, filled and wiped beside the tools that do the same with files: in turns,
 * with the same bytes, each until what it wrote is on the disk. Of each the median of some rounds.
 */
final class Volumes implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int MIB = 1 << 20;
    private static final int MANY = 64;
    private static final double GOAL = 0.9;
    private static final String OURS = "ours";

    private final int rounds;
    private final int size;
    private final Path directory;
    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final StoragePool pool;
    private final StorageVolume source;
    private final StorageVolume small;

    /** Something that takes time. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    /** Makes a pool beside the bench: a temporary directory may be in memory. */
    Volumes(int rounds, int mebibytes) throws Exception {
        this.rounds = rounds;
        this.size = mebibytes * MIB;
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-pool-");
        pool = StartedPool.of(engine, directory);
        source = volume("source", size);
        small = volume("small", size / MANY * 2);
    }

    private StorageVolume volume(String name, int bytes) throws Exception {
        StorageVolume volume = pool.create(VolumeSpec.full(name, bytes), LONG).await();
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        Files.write(volume.path(), random);
        return volume;
    }

    /** Measures everything and prints a line for each. */
    void print() throws Exception {
        System.out.println("| " + size / MIB + " MiB | MiB/s | to the fastest | goal | met |");
        System.out.println("|---|---|---|---|---|");
        print("clone", size, clones());
        print("upload", size, uploads());
        print("create, full", size, creates());
        print("wipe with zeros", size, wipes());
        print(MANY + " clones of " + size / MANY * 2 / MIB + " MiB at once", 2L * size, many());
    }

    private void print(String what, long bytes, Map<String, Work> tools) throws Exception {
        Map<String, double[]> seconds = new LinkedHashMap<>();
        tools.keySet().forEach(tool -> seconds.put(tool, new double[rounds]));
        for (int i = 0; i < rounds; i++) {
            for (Map.Entry<String, Work> tool : tools.entrySet()) {
                removeCopies();
                // Nobody pays for what another left to be written.
                run("sync");
                long began = System.nanoTime();
                tool.getValue().run();
                seconds.get(tool.getKey())[i] = (System.nanoTime() - began) / 1e9;
            }
        }
        List<String> rates = new ArrayList<>();
        double best = 0;
        double ours = 0;
        for (Map.Entry<String, double[]> tool : seconds.entrySet()) {
            double[] sorted = tool.getValue();
            Arrays.sort(sorted);
            double rate = (double) bytes / MIB / sorted[rounds / 2];
            rates.add(String.format(Locale.ROOT, "%s %.0f", tool.getKey(), rate));
            if (tool.getKey().equals(OURS)) {
                ours = rate;
            } else {
                best = Math.max(best, rate);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.2f x | >= %.1f x | %s |%n",
                what,
                String.join(", ", rates),
                ours / best,
                GOAL,
                ours / best >= GOAL ? "yes" : "no");
    }

    // ---- what is compared -----------------------------------------------------------------------

    private Map<String, Work> clones() {
        String from = source.path().toString();
        String to = directory.resolve("copy").toString();
        Map<String, Work> tools = new LinkedHashMap<>();
        tools.put(OURS, () -> source.cloneTo(pool, "copy", LONG).await());
        tools.put("cp --sparse=never", () -> {
            run("cp", "--sparse=never", from, to);
            run("sync", to);
        });
        tools.put("cp --reflink=auto", () -> {
            run("cp", "--reflink=auto", from, to);
            run("sync", to);
        });
        tools.put("dd", () -> run("dd", "if=" + from, "of=" + to, "bs=1M", "conv=fsync"));
        tools.put("qemu-img convert", () -> {
            run("qemu-img", "convert", "-f", "raw", "-O", "raw", from, to);
            run("sync", to);
        });
        return tools;
    }

    private Map<String, Work> uploads() throws Exception {
        StorageVolume volume = volume("target", size);
        String from = source.path().toString();
        String to = volume.path().toString();
        Map<String, Work> tools = new LinkedHashMap<>();
        tools.put(OURS, () -> {
            try (InputStream stream = Files.newInputStream(source.path())) {
                volume.upload(stream, LONG).await();
            }
        });
        tools.put("dd", () -> run("dd", "if=" + from, "of=" + to, "bs=1M", "conv=notrunc,fsync"));
        return tools;
    }

    private Map<String, Work> creates() {
        String to = directory.resolve("copy").toString();
        Map<String, Work> tools = new LinkedHashMap<>();
        tools.put(OURS, () -> pool.create(VolumeSpec.full("copy", size), LONG).await());
        tools.put(
                "dd",
                () -> run(
                        "dd",
                        "if=/dev/zero",
                        "of=" + to,
                        "bs=1M",
                        "count=" + size / MIB,
                        "conv=fsync"));
        tools.put("qemu-img create", () -> {
            String how = "preallocation=full";
            run("qemu-img", "create", "-q", "-f", "raw", "-o", how, to, Integer.toString(size));
            run("sync", to);
        });
        return tools;
    }

    private Map<String, Work> wipes() {
        StorageVolume volume = pool.volume("target").orElseThrow();
        Map<String, Work> tools = new LinkedHashMap<>();
        tools.put(OURS, () -> volume.wipe(LONG).await());
        tools.put(
                "dd",
                () -> run(
                        "dd",
                        "if=/dev/zero",
                        "of=" + volume.path(),
                        "bs=1M",
                        "count=" + size / MIB,
                        "conv=notrunc,fsync"));
        return tools;
    }

    private Map<String, Work> many() {
        Map<String, Work> tools = new LinkedHashMap<>();
        tools.put(OURS, () -> {
            List<JobFuture<?>> clones = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                clones.add(small.cloneTo(pool, "copy-" + i, LONG));
            }
            for (JobFuture<?> clone : clones) {
                clone.await();
            }
        });
        tools.put(MANY + " cp", () -> {
            List<Process> copies = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                String to = directory.resolve("copy-" + i).toString();
                copies.add(start(
                        "sh",
                        "-c",
                        "cp \"$1\" \"$2\" && sync \"$2\"",
                        "sh",
                        small.path().toString(),
                        to));
            }
            for (Process copy : copies) {
                succeeded(copy, "cp");
            }
        });
        return tools;
    }

    // ---- files and tools ------------------------------------------------------------------------

    private void removeCopies() throws Exception {
        for (StorageVolume volume : pool.volumes()) {
            if (volume.name().startsWith("copy")) {
                volume.delete(LONG);
            }
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> file.getFileName().toString().startsWith("copy"))
                    .toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void run(String... command) throws Exception {
        succeeded(start(command), String.join(" ", command));
    }

    private static void succeeded(Process process, String what) throws InterruptedException {
        int status = process.waitFor();
        if (status != 0) {
            throw new IllegalStateException(what + " ended with " + status);
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }
}
