package org.jobcontrol.storage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeDownload;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.LoadHistory.Event;
import org.jobcontrol.storage.LoadHistory.Kind;

/** Does anything to volumes, and notes what became of it. */
final class LoadWorker implements Runnable {
    private static final int SIZE = 1 << 16;
    private static final int MOST_MILLIS = 50;
    private static final int VOLUMES_OF_A_POOL = 20;
    private static final AtomicLong NAMES = new AtomicLong();

    private final JobControl control;
    private final List<StoragePool> pools;
    private final LoadHistory history;
    private final SplittableRandom random;
    private final long until;
    private final List<String> failures = new ArrayList<>();

    LoadWorker(
            JobControl control,
            List<StoragePool> pools,
            LoadHistory history,
            long seed,
            long until) {
        this.control = control;
        this.pools = pools;
        this.history = history;
        this.random = new SplittableRandom(seed);
        this.until = until;
    }

    /** Returns what must not have happened; to be asked when the thread has ended. */
    List<String> failures() {
        return failures;
    }

    /** Returns what every eight bytes are, or fails if they are not alike. */
    static long content(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long first = buffer.getLong();
        while (buffer.hasRemaining()) {
            long next = buffer.getLong();
            if (next != first) {
                throw new AssertionError("torn: " + Long.toHexString(first) + " and "
                        + Long.toHexString(next) + " at " + (buffer.position() - 8));
            }
        }
        return first;
    }

    private static byte[] bytes(long content) {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE);
        while (buffer.hasRemaining()) {
            buffer.putLong(content);
        }
        return buffer.array();
    }

    @Override
    public void run() {
        while (System.nanoTime() < until && failures.isEmpty()) {
            try {
                step();
            } catch (JobRefusedException | JobAbortedException e) {
                // As it should be: somebody was in the way, or wanted it to end.
            } catch (Exception | AssertionError e) {
                failures.add(e + " " + e.getCause());
            }
        }
    }

    private void step() throws Exception {
        StoragePool pool = any(pools);
        List<StorageVolume> volumes = pool.volumes();
        if (volumes.size() < VOLUMES_OF_A_POOL && random.nextInt(4) == 0 || volumes.isEmpty()) {
            create(pool);
            return;
        }
        StorageVolume volume = any(volumes);
        try {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> upload(volume);
                case 3, 4 -> note(volume.wipe(timeout()), volume, Kind.CHANGE, 0, "");
                case 5, 6 -> cloneTo(volume, any(pools));
                case 7 -> delete(volume);
                case 8, 9 -> download(volume);
                case 10 -> volume.query(timeout());
                default -> maybeAborted(pool.refresh(timeout())).await();
            }
        } catch (StorageException | ExecutionException e) {
            acceptIfGone(e);
        }
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Duration timeout() {
        return Duration.ofMillis(random.nextInt(MOST_MILLIS));
    }

    private <T> JobFuture<T> maybeAborted(JobFuture<T> work) {
        if (random.nextInt(8) == 0) {
            work.cancel();
        }
        return work;
    }

    private static String nameOf(StorageVolume volume) {
        return volume.pool().name() + "/" + volume.name();
    }

    private void create(StoragePool pool) throws Exception {
        String name = "v" + NAMES.incrementAndGet();
        VolumeSpec spec =
                random.nextBoolean() ? VolumeSpec.sparse(name, SIZE) : VolumeSpec.full(name, SIZE);
        note(pool.create(spec, timeout()), pool.name() + "/" + name, Kind.MAKE, 0, "");
    }

    private void cloneTo(StorageVolume source, StoragePool pool) throws Exception {
        String name = "v" + NAMES.incrementAndGet();
        note(
                source.cloneTo(pool, name, timeout()),
                pool.name() + "/" + name,
                Kind.MAKE,
                0,
                nameOf(source));
    }

    private void upload(StorageVolume volume) throws Exception {
        long content = random.nextLong();
        InputStream stream = new ByteArrayInputStream(bytes(content));
        note(volume.upload(stream, timeout()), volume, Kind.CHANGE, content, "");
    }

    private void download(StorageVolume volume) throws Exception {
        try (VolumeDownload download = volume.openDownload(0, SIZE, timeout())) {
            boolean intact = volume.info().state() == VolumeState.INTACT;
            byte[] all = Channels.newInputStream(download).readAllBytes();
            if (intact) {
                content(all);
            }
        }
    }

    private void delete(StorageVolume volume) throws Exception {
        volume.delete(timeout());
        // Nothing comes after it.
        history.add(new Event(nameOf(volume), Long.MAX_VALUE, Kind.DELETE, true, 0, ""));
    }

    private void note(
            JobFuture<?> work, StorageVolume volume, Kind kind, long content, String source)
            throws Exception {
        note(work, nameOf(volume), kind, content, source);
    }

    private void note(JobFuture<?> work, String volume, Kind kind, long content, String source)
            throws Exception {
        CompletionStage<JobInfo> ended = control.ended(work.id());
        boolean began = true;
        try {
            maybeAborted(work).await();
        } catch (JobRefusedException e) {
            began = false;
            throw e;
        } finally {
            if (began) {
                JobInfo end = ended.toCompletableFuture().join();
                boolean completed = end.outcome().orElseThrow() == JobOutcome.COMPLETED;
                history.add(new Event(volume, end.fence(), kind, completed, content, source));
            }
        }
    }

    /** Somebody else may have deleted it meanwhile, or its source. */
    private static void acceptIfGone(Exception e) throws Exception {
        Throwable failure = e instanceof ExecutionException ? e.getCause() : e;
        if (!(failure instanceof StorageException gone) || gone.reason() != Reason.NOT_FOUND) {
            throw e;
        }
    }
}
