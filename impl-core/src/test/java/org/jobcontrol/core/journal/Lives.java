package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A process that is killed at random moments and started again, many times on one journal. What it had
 * told ({@link Teller}) before it died must be true afterwards.
 */
public final class Lives {
    private static final long SEED = 20261126;

    private final Class<?> main;
    private final int mostMillis;
    private final SplittableRandom random = new SplittableRandom(SEED);

    /** Jobs that a process said it had begun, those it said had ended, and those it was to recover. */
    private final Set<Long> begun = new HashSet<>();

    private final Set<Long> ended = new HashSet<>();
    private final Set<Long> recovered = new HashSet<>();
    private Map<Long, String> history = Map.of();
    private int life;
    private long slowest;

    /** What is looked at when a process has recovered, and before it works. */
    @FunctionalInterface
    public interface Look {
        /** Fails if something is not as it should be. */
        void at(int life) throws Exception;
    }

    /** Prepares lives of a class, each killed within so many milliseconds after it was ready. */
    public Lives(Class<?> main, int mostMillis) {
        this.main = main;
        this.mostMillis = mostMillis;
    }

    /** Starts the process, kills it, and compares what it says with what those before it had said. */
    public void live(Look ready, String... arguments) throws Exception {
        Set<Long> earlierBegun = Set.copyOf(begun);
        Set<Long> earlierEnded = Set.copyOf(ended);
        history = new HashMap<>();
        Process process = Child.start(List.of(), main, arguments);
        Thread killer = new Thread(() -> kill(process, random.nextInt(mostMillis)));
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    ready.at(life);
                    try (OutputStream go = process.getOutputStream()) {
                        go.write('\n');
                    }
                    killer.start();
                } else {
                    hear(line, earlierBegun);
                }
            }
        }
        killer.join();
        assertThat(process.waitFor()).as("exit code after SIGKILL").isEqualTo(137);
        assertThat(history.keySet()).as("begun before life %d", life).containsAll(earlierBegun);
        assertThat(history.keySet()).as("recovered").containsAll(recovered);
        for (long id : earlierEnded) {
            assertThat(history).as("ended before life %d", life).containsEntry(id, "COMPLETED");
        }
        life++;
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

    private void hear(String line, Set<Long> earlier) {
        String[] words = line.split(" ", 3);
        boolean whole = words.length == 3 && words[1].matches("[0-9]+");
        assertThat(whole).as("life %d said '%s'", life, line).isTrue();
        long id = Long.parseLong(words[1]);
        switch (words[0]) {
            case "millis" -> slowest = Math.max(slowest, id);
            case "begun" -> {
                assertThat(earlier).as("ids that were given out").doesNotContain(id);
                begun.add(id);
            }
            case "ended" -> ended.add(id);
            case "history" -> history.put(id, words[2]);
            case "recovers" -> {
                assertThat(ended)
                        .as("life %d recovers a job that had ended", life)
                        .doesNotContain(id);
                recovered.add(id);
            }
            default -> throw new AssertionError("life " + life + " said: " + line);
        }
    }

    /** Says what happened, and fails if no kill hit a job. */
    public String summary() {
        assertThat(recovered).as("a kill hit a job now and then").isNotEmpty();
        Map<String, Integer> outcomes = new HashMap<>();
        recovered.forEach(id -> outcomes.merge(history.get(id), 1, Integer::sum));
        return "killed %d times: %d jobs begun, %d acknowledged, %d recovered (%s); slowest start %d ms"
                .formatted(life, begun.size(), ended.size(), recovered.size(), outcomes, slowest);
    }
}
