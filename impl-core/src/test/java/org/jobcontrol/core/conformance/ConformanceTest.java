package org.jobcontrol.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    private static final List<String> TWO_WAIT = List.of(
            "T1 begin MODIFY => granted",
            "T2 begin QUERY => waiting",
            "T3 begin MODIFY => waiting");

    private static Optional<String> differs(List<String> lines, String... more)
            throws InterruptedException {
        List<String> all = new ArrayList<>(lines);
        all.addAll(List.of(more));
        try (TraceRunner runner = new TraceRunner()) {
            return runner.run(all);
        }
    }

    @Test
    void trace_refusalsOfOneDeadline_haveNoOrder() throws InterruptedException {
        String[] refusals = {" | T2 refused TIMEOUT held-by T1", " | T3 refused TIMEOUT held-by T1"
        };
        assertThat(differs(TWO_WAIT, "advance 30000 => ok" + refusals[0] + refusals[1]))
                .isEmpty();
        assertThat(differs(TWO_WAIT, "advance 30000 => ok" + refusals[1] + refusals[0]))
                .isEmpty();
    }

    @Test
    void trace_refusalsOfOneDeadline_areComparedEach() throws InterruptedException {
        assertThat(differs(
                        TWO_WAIT,
                        "advance 30000 => ok | T3 refused TIMEOUT | T3 refused TIMEOUT held-by T1"))
                .isPresent();
        assertThat(differs(
                        TWO_WAIT,
                        "advance 30000 => ok | T3 refused TIMEOUT held-by T4 | T2 refused TIMEOUT"))
                .isPresent();
    }

    @Test
    void trace_refusalsOfTwoDeadlines_areInOrder() throws InterruptedException {
        List<String> lines = List.of(
                "T1 begin MODIFY => granted",
                "T2 begin QUERY => waiting",
                "advance 1 => ok",
                "T3 begin MODIFY => waiting");
        assertThat(differs(lines, "advance 30000 => ok | T2 refused TIMEOUT | T3 refused TIMEOUT"))
                .isEmpty();
        assertThat(differs(lines, "advance 30000 => ok | T3 refused TIMEOUT | T2 refused TIMEOUT"))
                .isPresent();
    }

    @Test
    void trace_refusalsForAnotherReason_areInOrder() throws InterruptedException {
        assertThat(differs(
                        TWO_WAIT, "close => ok | T2 refused TARGET_GONE | T3 refused TARGET_GONE"))
                .isEmpty();
        assertThat(differs(
                        TWO_WAIT, "close => ok | T3 refused TARGET_GONE | T2 refused TARGET_GONE"))
                .isPresent();
    }

    @Test
    void trace_withAnUnknownCommand_isNotPassedOver() throws InterruptedException {
        try (TraceRunner runner = new TraceRunner()) {
            assertThatThrownBy(() -> runner.run(List.of("T1 dance => ok")))
                    .hasRootCauseMessage("unknown command: dance");
        }
    }
}
