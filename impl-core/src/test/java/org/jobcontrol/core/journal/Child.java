package org.jobcontrol.core.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own with the same classes. */
public final class Child {
    /**
     * What came of it.
     *
     * @param code its exit code
     * @param output all that it printed
     */
    public record Result(int code, String output) {}

    private Child() {}

    /** Runs a class in a process of its own, to the end. */
    public static Result run(Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(List.of(), main, arguments);
    }

    /** The same, by a command that goes before that of Java. */
    public static Result run(List<String> before, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(before, main, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** Starts a class in a process of its own; what it prints is to be read. */
    public static Process start(List<String> before, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // later JDKs print a warning about JNA, in the middle of what the class says
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
