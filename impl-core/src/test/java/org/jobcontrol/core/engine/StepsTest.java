package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.core.stress.Mutants;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one operation costs does not grow with the jobs that run or wait on the pool. Steps are counted and
 * no time is taken: the engine is compiled so that it counts each job that it passes in a line, shows, or
 * follows in search of a deadlock.
 */
@Timeout(300)
class StepsTest {
    private static final int FEW = 100;
    private static final int MANY = 3_000;

    /** What the position of a waiter takes at most: the others of its run, and the runs before it. */
    private static final long POSITION = 256 + MANY / 256;

    private static final String[] COUNTING = {
        "Line",
        "            Place next = right;",
        "            Steps.step(); Place next = right;",
        "            before++;",
        "            Steps.step(); before++;",
        "            before += run.places;",
        "            Steps.step(); before += run.places;",
        "JobSnapshot",
        "        this.id = job.id;",
        "        Steps.step(); this.id = job.id;",
        "Deadlocks",
        "        private boolean endsOnlyAfterStart(JobEntry job) {",
        "        private boolean endsOnlyAfterStart(JobEntry job) { Steps.step();",
    };

    private static final Map<String, Long> STEPS = new HashMap<>();

    @BeforeAll
    static void count(@TempDir Path classes) throws Exception {
        Mutants.compile("counting", COUNTING, classes);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        Process process = new ProcessBuilder(
                        java, "-cp", classPath, Steps.class.getName(), "" + FEW, "" + MANY)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        for (String line : output.split("\n")) {
            String[] words = line.split(" ");
            STEPS.put(words[0] + " " + words[1], Long.parseLong(words[2]));
        }
    }

    private static long steps(String operation, int size) {
        return STEPS.get(operation + " " + size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "endBeforeWaiters", "queue", "refusal"})
    void operation_amongManyJobs_takesNoMoreSteps(String operation) {
        assertThat(steps(operation, MANY)).isLessThanOrEqualTo(steps(operation, FEW) + 2);
    }

    @Test
    void leave_fromBehindMany_countsByRuns() {
        // the jobs in its way, a hundred, are shown too
        assertThat(steps("leave", MANY))
                .isBetween(1L, steps("leave", FEW) + POSITION + InTheWay.NAMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"groupOfAll", "closeOfAll"})
    void operation_onManyJobs_takesStepsInProportion(String operation) {
        assertThat(steps(operation, MANY) - steps(operation, FEW))
                .isLessThanOrEqualTo(2 * (MANY - FEW));
    }
}
