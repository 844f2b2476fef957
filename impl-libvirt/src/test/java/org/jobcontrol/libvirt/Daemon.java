package org.jobcontrol.libvirt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jobcontrol.core.journal.Mounts;

/**
 * A libvirt daemon of the tests' own, with real guests: all it has is in a directory and in namespaces
 * of its own. When it is closed nothing is left.
 */
final class Daemon implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The programs that a daemon and its guests need, with Debian's packages. */
    private static final Map<String, String> TOOLS = new TreeMap<>(Map.of(
            "bash", "bash",
            "hostname", "hostname",
            "libvirtd", "libvirt-daemon",
            "mount", "mount",
            "qemu-img", "qemu-utils",
            "qemu-system-x86_64", "qemu-system-x86",
            "virsh", "libvirt-clients"));

    private final Path directory;
    private final String host;
    private final UUID uuid;
    private Process process;

    private Daemon(Path directory, String host, UUID uuid) {
        this.directory = directory;
        this.host = host;
        this.uuid = uuid;
    }

    /** Returns why there can be no daemon here; empty if there can be one. */
    static Optional<String> obstacle() throws Exception {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("a libvirt daemon of its own needs root");
        }
        for (Map.Entry<String, String> tool : TOOLS.entrySet()) {
            if (!installed(tool.getKey())) {
                return Optional.of(
                        tool.getKey() + " is not installed (package " + tool.getValue() + ")");
            }
        }
        return Mounts.obstacle();
    }

    static Daemon start(String host) throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/var/tmp"), "jobcontrol-");
        Daemon daemon = new Daemon(directory, host, UUID.randomUUID());
        daemon.start();
        return daemon;
    }

    private static boolean installed(String tool) {
        return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
    }

    /** Starts the process, also after it was killed: guests live on meanwhile. */
    void start() throws IOException {
        Files.deleteIfExists(socket());
        process = new ProcessBuilder(
                        Path.of("src/test/lab/daemon.sh").toAbsolutePath().toString(),
                        directory.toString(),
                        host,
                        uuid.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("output").toFile()))
                .start();
        await("daemon " + directory).atMost(PATIENCE).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "it ended: " + read("output") + read("libvirtd.log"));
            }
            return Files.exists(socket());
        });
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private Path socket() {
        return directory.resolve("run/libvirt-sock");
    }

    String uri() {
        return "qemu+unix:///system?socket=" + socket();
    }

    /** Returns a place for the files of guests. */
    Path directory() {
        return directory;
    }

    /** Returns what the engine has logged since a place in its log. */
    List<String> log(long from) throws IOException {
        String all = read("libvirtd.log");
        return all.substring((int) Math.min(from, all.length())).lines().toList();
    }

    long logged() throws IOException {
        return read("libvirtd.log").length();
    }

    /** Waits until the engine has logged something since a place in its log. */
    void awaitLogged(long from, String text) {
        await(text + " at " + directory)
                .atMost(PATIENCE)
                .until(() -> log(from).stream().anyMatch(line -> line.contains(text)));
    }

    private String read(String file) throws IOException {
        Path path = directory.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    /** Runs virsh and returns what it prints. */
    String virsh(String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
        all.addAll(Arrays.asList(command));
        Process virsh = new ProcessBuilder(all).redirectErrorStream(true).start();
        virsh.getOutputStream().close();
        String printed = new String(virsh.getInputStream().readAllBytes(), UTF_8);
        virsh.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return printed.strip();
    }

    /** Starts virsh for something that lasts. */
    Process virshLater(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
        all.addAll(Arrays.asList(command));
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("virsh.txt").toFile())
                .start();
    }

    /** Returns the daemon's own process. */
    ProcessHandle process() {
        return process.toHandle();
    }

    /** Returns the process of a guest. */
    ProcessHandle guest(String name) throws IOException {
        long pid = Long.parseLong(
                Files.readString(directory.resolve("state/qemu").resolve(name + ".pid"))
                        .strip());
        return ProcessHandle.of(pid).orElseThrow();
    }

    /** Ends the daemon and its guests, and deletes whatever they had. */
    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Path guests = directory.resolve("state/qemu");
        if (Files.isDirectory(guests)) {
            try (Stream<Path> pids = Files.list(guests)) {
                for (Path pid :
                        pids.filter(file -> file.toString().endsWith(".pid")).toList()) {
                    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                            .ifPresent(guest -> {
                                guest.destroyForcibly();
                                guest.onExit().join();
                            });
                }
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
