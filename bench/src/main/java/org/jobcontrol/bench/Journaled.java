package org.jobcontrol.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.journal.FileJournal;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Async jobs that are recorded: each pair is on the disk twice, its begin and its end, before its thread
 * goes on. The files are in the directory in which this runs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Journaled {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int RECORD = 80;

    private Path directory;
    private FileJournal journal;
    private JobEngine engine;
    private FileChannel file;
    private MVStore store;
    private MVMap<Long, byte[]> map;
    private final AtomicInteger threads = new AtomicInteger();
    private long stored;
    private long committed;

    /** A target for each thread. */
    @State(Scope.Thread)
    public static class Mine {
        private JobObject target;
        private long number;

        @Setup
        public void setUp(Journaled all) {
            number = all.threads.incrementAndGet();
            target = Thing.control(all.engine).of(Thing.domain("mine-" + number));
        }
    }

    @Setup
    public void setUp() throws IOException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-journal-");
        journal = new FileJournal(directory.resolve("ours"));
        engine = Thing.engine(Settings.DEFAULTS, journal);
        file = FileChannel.open(
                directory.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        store = new MVStore.Builder()
                .fileName(directory.resolve("store").toString())
                .autoCommitDisabled()
                .open();
        map = store.openMap("jobs");
    }

    @TearDown
    public void tearDown() throws IOException {
        engine.close();
        journal.close();
        file.close();
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public void pair(Mine mine) throws Exception {
        mine.target
                .beginAsync(StorageOperation.VOLUME_WIPE, JobMask.DEFAULT, LONG)
                .close();
    }

    @Benchmark
    public void twoForcedWrites() throws IOException {
        for (int i = 0; i < 2; i++) {
            file.write(ByteBuffer.allocate(RECORD));
            file.force(false);
        }
    }

    @Benchmark
    public void mvStore(Mine mine) {
        map.put(mine.number, new byte[RECORD]);
        commit();
        map.remove(mine.number);
        commit();
    }

    /** Waits until what the thread has stored is on the disk; one writes for all that have come. */
    private void commit() {
        long mine;
        synchronized (map) {
            mine = ++stored;
        }
        synchronized (store) {
            if (committed >= mine) {
                return;
            }
            long all;
            synchronized (map) {
                all = stored;
            }
            store.commit();
            store.sync();
            committed = all;
        }
    }
}
