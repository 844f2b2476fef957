package org.jobcontrol.core.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The stress test is believed because it kills these: each mutant is the engine with one bug, run
 * in a process of its own. What gave it away is printed.
 */
@Tag("slow")
class MutantsTest {
    private static final int VIOLATED = 1;
    private static final String ADMISSIONS = "300000";
    private static final String SEED = "1";

    /** Several at a time: most of them are found by a wait that does not end. */
    private static final ExecutorService RUNS = Executors.newFixedThreadPool(3);

    private static final Map<Mutant, Future<Run>> MUTANTS = new EnumMap<>(Mutant.class);

    @TempDir
    private static Path directory;

    /** What became of a process. */
    private record Run(int code, String output) {}

    @BeforeAll
    static void start() {
        for (Mutant mutant : Mutant.values()) {
            MUTANTS.put(mutant, RUNS.submit(() -> run(mutant)));
        }
    }

    @AfterAll
    static void stop() {
        RUNS.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void mutant_underStress_isKilled(Mutant mutant) throws Exception {
        Run run = MUTANTS.get(mutant).get();
        assertThat(run.code).as("%s: %s", mutant, run.output).isEqualTo(VIOLATED);
        System.out.println(
                "killed " + mutant + ": " + run.output.lines().findFirst().orElse(""));
    }

    @Test
    void engine_withoutABug_lives() throws Exception {
        Run run = run(Files.createDirectory(directory.resolve("engine")));
        assertThat(run.code).as(run.output).isZero();
    }

    private static Run run(Mutant mutant) throws Exception {
        Path classes = Files.createDirectory(directory.resolve(mutant.name()));
        Mutants.compile(mutant, classes);
        return run(classes);
    }

    /** Runs the stress test in a process of its own, with these classes before all others. */
    private static Run run(Path classes) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        Path output = classes.resolve("output");
        Process process = new ProcessBuilder(
                        List.of(java, "-cp", classPath, Stress.class.getName(), ADMISSIONS, SEED))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean over = process.waitFor(300, TimeUnit.SECONDS);
            String text = Files.readString(output).strip();
            return new Run(
                    over ? process.exitValue() : -1,
                    text.substring(0, Math.min(text.length(), 300)));
        } finally {
            process.destroyForcibly();
        }
    }
}
