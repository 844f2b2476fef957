package org.jobcontrol.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine answers as the recorded traces say: {@code libvirt-*} come from libvirt's own engine,
 * {@code own-*} hold the rules that go beyond it.
 */
class ConformanceTest {
    static List<Path> traces() throws IOException, URISyntaxException {
        Path directory =
                Path.of(Objects.requireNonNull(ConformanceTest.class.getResource("/conformance"))
                        .toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("traces")
    void trace_replayed_answersAsRecorded(Path trace) throws InterruptedException {
        assertThat(TraceCheck.check(trace)).as(trace.getFileName().toString()).isEmpty();
    }

    @Test
    void trace_withAnotherAnswer_differs() throws InterruptedException {
        try (TraceRunner runner = new TraceRunner()) {
            assertThat(runner.run(
                            List.of("T1 begin QUERY => granted", "T2 begin QUERY => granted")))
                    .hasValueSatisfying(difference -> assertThat(difference).contains("waiting"));
        }
    }

    @Test
    void trace_withAnUnknownCommand_isNotPassedOver() throws InterruptedException {
        try (TraceRunner runner = new TraceRunner()) {
            assertThatThrownBy(() -> runner.run(List.of("T1 dance => ok")))
                    .hasRootCauseMessage("unknown command: dance");
        }
    }
}
