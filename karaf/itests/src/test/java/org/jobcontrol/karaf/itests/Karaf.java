package org.jobcontrol.karaf.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;

/** A Karaf of its own, as a process on a copy of the distribution, and a client that types at it. */
final class Karaf implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    final Path home;
    private final int port;
    private final SshClient client = SshClient.setUpDefaultClient();
    private Process process;

    /** What a command printed, and how it ended. */
    record Answer(String text, int status) {}

    /** Copies the distribution; nothing runs yet, so files can be changed. */
    Karaf() throws IOException {
        home = Files.createTempDirectory("karaf");
        copy(Path.of(System.getProperty("karaf.home")), home);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        edit("etc/org.apache.karaf.shell.cfg", "sshPort *=.*", "sshPort = " + port);
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Takes job control out of what starts by itself: as Karaf comes. */
    Karaf withoutJobControl() throws IOException {
        edit("etc/org.apache.karaf.features.cfg", "jobcontrol-shell/[^,\\s]*", "log");
        edit("etc/org.apache.karaf.features.cfg", "jobcontrol-native/[^,\\s]*", "log");
        edit("etc/org.apache.karaf.features.cfg", ",[\\s\\\\]*mvn:org.jobcontrol/[^,\\s]*", "");
        return this;
    }

    void edit(String file, String regex, String replacement) throws IOException {
        Path path = home.resolve(file);
        String before = Files.readString(path);
        String after = before.replaceAll("(?m)" + regex, replacement);
        if (after.equals(before)) {
            throw new IllegalStateException(regex + " is not in " + file + ":\n" + before);
        }
        Files.writeString(path, after);
    }

    /** Starts it with more arguments, such as {@code clean}, and returns when one can log in. */
    Karaf start(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/karaf").toString(), "server"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeIf(name -> name.startsWith("KARAF_"));
        builder.redirectErrorStream(true).redirectOutput(home.resolve("out.txt").toFile());
        process = builder.start();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (ClientSession session = session("karaf")) {
                return session.isAuthenticated();
            }
        });
        return this;
    }

    ClientSession session(String user) throws IOException {
        ClientSession session =
                client.connect(user, "127.0.0.1", port).verify(PATIENCE).getSession();
        session.addPasswordIdentity(user);
        session.auth().verify(PATIENCE);
        return session;
    }

    /** Types a command. */
    String type(String command) throws IOException {
        return type("karaf", command).text();
    }

    Answer type(String user, String command) throws IOException {
        try (ClientSession session = session(user);
                ChannelExec channel = session.createExecChannel(command)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            channel.setOut(out);
            channel.setErr(out);
            channel.open().verify(PATIENCE);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE.toMillis());
            Integer status = channel.getExitStatus();
            return new Answer(out.toString(UTF_8), status == null ? -1 : status);
        }
    }

    /** Returns the first number in a text, such as the id of a job. */
    static String firstNumber(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.find()) {
            throw new IllegalArgumentException("no number in: " + text);
        }
        return number.group();
    }

    /** Types a command until it says what is expected: Karaf does much in the background. */
    void typeUntil(String command, String expected) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> type(command), text -> text.contains(expected));
    }

    /** Returns how much CPU time its Java has taken so far. */
    Duration cpuTime() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .flatMap(one -> one.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    String log() throws IOException {
        return Files.readString(home.resolve("data/log/karaf.log"));
    }

    /** Puts a file into a directory of Karaf's under its last name only once it is whole. */
    void drop(Path file, String directory) throws IOException {
        Path part = Files.copy(file, home.resolve("part"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                part,
                home.resolve(directory).resolve(file.getFileName()),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns files below the home that match a glob. */
    List<Path> find(String glob) throws IOException {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + home + "/" + glob);
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(matcher::matches).toList();
        }
    }

    void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Stops it, and returns when no process of it is left; its files stay. */
    void stop() {
        if (process != null) {
            // bin/karaf is a script that waits for Java, but may end before it
            List<ProcessHandle> all = Stream.concat(
                            process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroy);
            for (ProcessHandle one : all) {
                one.onExit()
                        .completeOnTimeout(one, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .thenAccept(ProcessHandle::destroyForcibly)
                        .join();
                one.onExit().join();
            }
        }
    }

    /** Ends it as a crash does: at once, with everything that runs in it. */
    void kill() {
        List<ProcessHandle> all = Stream.concat(
                        process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }

    @Override
    public void close() {
        client.stop();
        stop();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            delete(home);
            return true;
        });
    }
}
