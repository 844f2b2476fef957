package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Virtual threads wait for jobs without keeping the threads that carry them. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads are there from Java 21 on")
class VirtualThreadsTest {
    private static final int THREADS = 2_000;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void virtualThreads_thatWaitForOneTarget_pinNothing() throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording();
                JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS)) {
            Target.addAdapters(engine);
            JobObject object = engine.control("virtual", 1).of(Target.domain("one"));
            // To load a class pins: that is not what this is about.
            allTakeTurns(object);
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
            recording.enable("jdk.VirtualThreadEnd").withoutThreshold();
            recording.start();
            allTakeTurns(object);
            recording.stop();
            recording.dump(file);
            assertThat(object.info().queue()).isEmpty();
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events)
                .filteredOn(named("jdk.VirtualThreadEnd"))
                .hasSizeGreaterThan(THREADS / 2);
        assertThat(events)
                .filteredOn(named("jdk.VirtualThreadPinned"))
                .filteredOn(VirtualThreadsTest::inOurCode)
                .isEmpty();
    }

    private static Predicate<RecordedEvent> named(String name) {
        return event -> event.getEventType().getName().equals(name);
    }

    private static void allTakeTurns(JobObject object) throws Exception {
        ExecutorService virtual = Threads.perTask();
        List<Future<?>> turns = new ArrayList<>();
        Job first = object.begin(JobType.MODIFY, "first", LONG);
        for (int i = 0; i < THREADS; i++) {
            turns.add(virtual.submit(() -> {
                object.begin(JobType.MODIFY, "turn", LONG).close();
                return null;
            }));
        }
        while (object.info().queue().size() < THREADS) {
            Thread.onSpinWait();
        }
        first.close();
        for (Future<?> turn : turns) {
            turn.get(60, TimeUnit.SECONDS);
        }
        virtual.shutdown();
    }

    private static boolean inOurCode(RecordedEvent event) {
        return event.getStackTrace() != null
                && event.getStackTrace().getFrames().stream()
                        .anyMatch(frame ->
                                frame.getMethod().getType().getName().startsWith("org.jobcontrol"));
    }
}
