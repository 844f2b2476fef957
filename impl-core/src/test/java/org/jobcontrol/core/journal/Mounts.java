package org.jobcontrol.core.journal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Processes in a mount namespace of their own: no other process sees what they mount. */
public final class Mounts {
    private Mounts() {}

    /**
     * Runs a class in a process of its own after a shell script has mounted something. The test is
     * skipped where there can be no mount namespace.
     *
     * @param script what mounts; {@code "$0"} is the directory, {@code "$@"} the command of the class
     * @param directory where to mount
     * @param main the class
     * @param arguments its arguments
     * @return what came of it
     */
    public static Child.Result run(
            String script, Path directory, Class<?> main, String... arguments) throws Exception {
        Optional<String> obstacle = obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        List<String> before =
                List.of("unshare", "--mount", "sh", "-c", script, directory.toString());
        return Child.run(before, main, arguments);
    }

    /** Returns why there can be no mount namespace here; empty if there can be one. */
    public static Optional<String> obstacle() throws InterruptedException {
        String script = "mount -t tmpfs none /tmp";
        try {
            Process process = new ProcessBuilder("unshare", "--mount", "--uts", "sh", "-c", script)
                    .redirectErrorStream(true)
                    .start();
            byte[] output = process.getInputStream().readAllBytes();
            return process.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("a mount namespace cannot be made here: "
                            + new String(output, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.of("unshare is not installed (package util-linux)");
        }
    }
}
