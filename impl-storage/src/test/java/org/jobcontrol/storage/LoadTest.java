package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.storage.LoadHistory.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads do anything to the volumes of many pools, and abort anything. At the end every byte of
 * every volume is what its history says, no file is left over, and no job is held.
 */
class LoadTest {
    private static final int THREADS = 200;
    private static final int POOLS = 20;
    private static final int HISTORY = 100_000;
    private static final Duration TIME =
            Duration.ofSeconds(Boolean.getBoolean("stress.long") ? 60 : 8);

    private final LoadHistory history = new LoadHistory();
    private final List<StoragePool> pools = new ArrayList<>();

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void operations_atRandom_leaveWhatTheirHistorySays() throws Exception {
        long seed = System.nanoTime();
        try (StorageFixture storage = new StorageFixture()) {
            // A thread may be off for longer than it takes others to end thousands of jobs.
            storage.engine.settings(longHistory());
            for (int i = 0; i < POOLS; i++) {
                Path place = Files.createDirectory(directory.resolve("p" + i));
                pools.add(storage.pool("p" + i, place));
            }
            work(storage, seed);
            await().untilAsserted(() -> assertThat(storage.control.objects())
                    .as("seed %d", seed)
                    .allMatch(LoadTest::idle));
            history.settle();
            Map<String, Set<Long>> possible = history.contents();
            int checked = 0;
            for (StoragePool pool : pools) {
                pool.refresh(StorageFixture.LONG).await();
                assertSurvivors(pool, seed);
                for (StorageVolume volume : pool.volumes()) {
                    assertContent(volume, possible, seed);
                    checked++;
                }
            }
            System.out.println("load: " + history.size() + " jobs on " + history.volumes()
                    + " volumes, " + checked + " left and as their history says; seed " + seed);
            assertThat(checked).isPositive();
        }
    }

    private static Settings longHistory() {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                shipped.queueMax(),
                HISTORY,
                shipped.historyAge(),
                shipped.drainTimeout(),
                shipped.stuckWarn(),
                shipped.leakTracking(),
                shipped.overtakingGrace());
    }

    private void work(StorageFixture storage, long seed) throws InterruptedException {
        long until = System.nanoTime() + TIME.toNanos();
        List<Thread> threads = new ArrayList<>();
        List<LoadWorker> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            LoadWorker worker = new LoadWorker(storage.control, pools, history, seed + i, until);
            workers.add(worker);
            threads.add(new Thread(worker, "load-" + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(workers.stream().flatMap(worker -> worker.failures().stream()))
                .as("seed %d", seed)
                .isEmpty();
    }

    private static boolean idle(JobObjectInfo object) {
        return object.jobs().isEmpty()
                && object.async().isEmpty()
                && object.queue().isEmpty();
    }

    private void assertSurvivors(StoragePool pool, long seed) throws Exception {
        Set<String> expected = history.survivors(pool.name());
        assertThat(new TreeSet<>(StorageFixture.files(pool.path())))
                .as("files of %s, seed %d", pool.name(), seed)
                .isEqualTo(expected);
        assertThat(pool.volumes().stream().map(StorageVolume::name).collect(Collectors.toSet()))
                .isEqualTo(expected);
    }

    private void assertContent(StorageVolume volume, Map<String, Set<Long>> possible, long seed)
            throws Exception {
        String name = volume.pool().name() + "/" + volume.name();
        byte[] bytes = Files.readAllBytes(volume.path());
        List<Event> events = history.of(name);
        Event last = events.get(events.size() - 1);
        if (volume.info().state() != VolumeState.INTACT) {
            assertThat(history.mayBeTorn(name))
                    .as("%s, seed %d: %s", name, seed, events)
                    .isTrue();
            return;
        }
        List<Event> whole = events.stream().filter(Event::completed).toList();
        Event made = whole.get(whole.size() - 1);
        long content = LoadWorker.content(bytes);
        if (made.source().isEmpty()) {
            assertThat(content).as("%s: %s, seed %d", name, last, seed).isEqualTo(made.content());
        } else {
            assertThat(possible.get(made.source()))
                    .as("%s, a clone of %s, seed %d", name, made.source(), seed)
                    .contains(content);
        }
    }
}
