package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** QEMU's tools, with which tests make images that the driver did not make. */
final class QemuTools {
    private QemuTools() {}

    /** Skips the test where the tools are missing. */
    static void assumeInstalled() throws InterruptedException {
        Assumptions.assumeTrue(installed(), "qemu-img is not installed (package qemu-utils)");
    }

    private static boolean installed() throws InterruptedException {
        try {
            return output("qemu-img", "--version").contains("qemu-img");
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs a command to its end and returns what it prints, errors too. */
    static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Makes an image. */
    static Path image(Path file, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        command.addAll(List.of(options));
        command.add(file.toString());
        if (!command.contains("-b")) {
            command.add("1M");
        }
        assertThat(output(command.toArray(String[]::new))).isEmpty();
        return file;
    }
}
