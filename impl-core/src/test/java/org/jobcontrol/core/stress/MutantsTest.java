package org.jobcontrol.core.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The stress test is believed because it kills these: each mutant is the engine with one bug, run
 * in a process of its own. What gave it away is printed.
 */
class MutantsTest {
    private static final int VIOLATED = 1;
    private static final String ADMISSIONS = "300000";
    private static final String SEED = "1";

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void mutant_underStress_isKilled(Mutant mutant) throws IOException, InterruptedException {
        Mutants.compile(mutant, directory);
        Path output = directory.resolve("output");
        assertThat(run(output)).as(() -> mutant + ": " + read(output)).isEqualTo(VIOLATED);
        System.out.println(
                "killed " + mutant + ": " + read(output).lines().findFirst().orElse(""));
    }

    @Test
    void engine_withoutABug_lives() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        assertThat(run(output)).as(() -> read(output)).isZero();
    }

    private int run(Path output) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = directory + File.pathSeparator + System.getProperty("java.class.path");
        Process process = new ProcessBuilder(
                        List.of(java, "-cp", classPath, Stress.class.getName(), ADMISSIONS, SEED))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(300, TimeUnit.SECONDS))
                    .as(() -> "it ended: " + read(output))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path output) {
        try {
            String text = Files.readString(output).strip();
            return text.substring(0, Math.min(text.length(), 300));
        } catch (IOException e) {
            return "no output: " + e;
        }
    }
}
