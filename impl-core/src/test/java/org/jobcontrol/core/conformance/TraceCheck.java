package org.jobcontrol.core.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Replays the traces named on its command line and says which differ. */
public final class TraceCheck {
    private TraceCheck() {}

    /**
     * Runs the traces.
     *
     * @param files the traces
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] files) throws InterruptedException {
        int failed = 0;
        for (String file : files) {
            Optional<String> difference = check(Path.of(file));
            if (difference.isPresent()) {
                failed++;
                System.out.println(file + ": " + difference.get());
            }
        }
        System.out.println((files.length - failed) + " passed, " + failed + " failed");
        System.exit(failed == 0 && files.length > 0 ? 0 : 1);
    }

    /**
     * Replays one trace.
     *
     * @param file the trace
     * @return how it differs, or empty
     * @throws InterruptedException if it is interrupted
     */
    static Optional<String> check(Path file) throws InterruptedException {
        try (TraceRunner runner = new TraceRunner()) {
            return runner.run(Files.readAllLines(file));
        } catch (IOException e) {
            return Optional.of("cannot be read: " + e);
        } catch (RuntimeException e) {
            return Optional.of("failed: " + e + (e.getCause() == null ? "" : ", " + e.getCause()));
        }
    }
}
