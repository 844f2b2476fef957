package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.core.journal.Child;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with storage jobs is killed at random moments and started again, many times in one directory.
 * What it had said before it died must be true afterwards.
 */
@Timeout(900)
class KilledTest {
    private static final int TIMES = Boolean.getBoolean("stress.long") ? 200 : 12;
    private static final long SEED = 20261126;
    private static final int MOST_MILLIS = 350;

    @TempDir
    private Path directory;

    /** Jobs that a process said it had begun, those it said had ended, and those that were recovered. */
    private final Set<Long> begun = new HashSet<>();

    private final Set<Long> ended = new HashSet<>();
    private final Map<Long, String> recovered = new HashMap<>();
    private Map<Long, String> history = new HashMap<>();
    private Set<Long> earlierBegun = Set.of();
    private Set<Long> earlierEnded = Set.of();
    private long slowest;

    @Test
    void killedAtAnyMoment_losesNothingAndRepeatsNothing() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int life = 0; life < TIMES; life++) {
            live(life, random.nextInt(MOST_MILLIS));
            check(life);
        }
        System.out.printf(
                "killed %d times: %d jobs begun, %d acknowledged, %d recovered (%s); slowest start %d ms%n",
                TIMES, begun.size(), ended.size(), recovered.size(), outcomes(), slowest);
        assertThat(recovered).as("a kill hit a job now and then").isNotEmpty();
    }

    private Map<String, Integer> outcomes() {
        Map<String, Integer> outcomes = new HashMap<>();
        recovered.keySet().forEach(id -> outcomes.merge(history.get(id), 1, Integer::sum));
        return outcomes;
    }

    private void live(int life, int millis) throws Exception {
        earlierBegun = Set.copyOf(begun);
        earlierEnded = Set.copyOf(ended);
        Process process = Child.start(
                List.of(), KilledProcess.class, directory.toString(), String.valueOf(life));
        history = new HashMap<>();
        Thread killer = new Thread(() -> kill(process, millis));
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    killer.start();
                    assertNoHalfBuiltFile(life);
                } else {
                    hear(life, line);
                }
            }
        }
        killer.join();
        assertThat(process.waitFor())
                .as("exit code of a process killed by SIGKILL")
                .isEqualTo(137);
    }

    private static void kill(Process process, int millis) {
        try {
            // The moment is the point: whatever the process does by then is interrupted.
            process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Through the handle: Process.destroyForcibly() also closes the pipe that is being read.
        process.toHandle().destroyForcibly();
    }

    private void hear(int life, String line) {
        String[] words = line.split(" ", 3);
        boolean whole = words.length == 3 && words[1].matches("[0-9]+");
        assertThat(whole).as("life %d said '%s'", life, line).isTrue();
        long id = Long.parseLong(words[1]);
        switch (words[0]) {
            case "millis" -> slowest = Math.max(slowest, Long.parseLong(words[2]));
            case "begun" -> {
                assertThat(earlierBegun).as("ids that were given out").doesNotContain(id);
                begun.add(id);
            }
            case "ended" -> ended.add(id);
            case "failed" -> throw new AssertionError("life " + life + " said: " + line);
            case "history" -> history.put(id, words[2]);
            case "recovered" -> {
                assertThat(ended)
                        .as("life %d recovers a job that had ended", life)
                        .doesNotContain(id);
                assertThat(recovered.put(id, words[2])).as("job #%d again", id).isNull();
            }
            default -> throw new AssertionError("life " + life + " said: " + line);
        }
    }

    private void assertNoHalfBuiltFile(int life) throws IOException {
        List<String> files = StorageFixture.files(directory.resolve("images"));
        assertThat(files)
                .as("files when life %d has recovered", life)
                .noneMatch(name -> name.startsWith("."));
        for (String name : files) {
            assertThat(Files.size(directory.resolve("images").resolve(name)))
                    .as(name)
                    .isGreaterThanOrEqualTo(3 << 20);
        }
    }

    /** What was begun before this life is in its history, however it ended. */
    private void check(int life) {
        assertThat(history.keySet()).as("begun before life %d", life).containsAll(earlierBegun);
        assertThat(history.keySet()).as("recovered").containsAll(recovered.keySet());
        for (long id : earlierEnded) {
            assertThat(history).as("ended before life %d", life).containsEntry(id, "COMPLETED");
        }
    }
}
