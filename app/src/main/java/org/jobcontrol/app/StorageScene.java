package org.jobcontrol.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Units;

/** Jobs on a storage pool and its volumes, with real bytes. */
final class StorageScene {
    private static final long SIZE = 256L << 20;
    private static final long SPACE = 3 * SIZE + (64L << 20);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long RATE = 128L << 20;
    private static final int RETRIES = 3;
    private static final Duration HASTE = Duration.ofMillis(50);

    private final StoragePools pools;
    private final JobAdmin admin;
    private final Screen screen;
    private final Watch watch;
    private final Checks check;

    StorageScene(StoragePools pools, JobAdmin admin, Screen screen, Watch watch, Checks check) {
        this.pools = pools;
        this.admin = admin;
        this.screen = screen;
        this.watch = watch;
        this.check = check;
    }

    /** Plays in a new pool, which is gone afterwards if it is not the built-in driver's. */
    void play(PoolSpec spec) throws Exception {
        StoragePool pool = start(spec);
        try {
            play(pool, spec.path());
        } finally {
            if (!spec.type().equals(PoolSpec.DIRECTORY)) {
                pool.stop(PATIENCE);
                pool.undefine(PATIENCE);
            }
        }
    }

    private void play(StoragePool pool, Path directory) throws Exception {
        StorageVolume base = create(pool);
        long sum = fill(base);
        aborted(base, share(pool, base));
        verify(pool, sum);
        lookAtFiles(directory);
    }

    private StoragePool start(PoolSpec spec) throws Exception {
        screen.heading("A storage pool of real files");
        StoragePool pool = pools.define(spec);
        pool.start(PATIENCE).await();
        check.equal(pool.state(), PoolState.ACTIVE, "state of the pool");
        long free = pool.info().available();
        screen.say("pool " + pool.name() + " is active: " + spec.path() + ", " + Units.size(free)
                + " free");
        check.that(free >= SPACE, Units.size(SPACE) + " are free; TMPDIR sets another place");
        return pool;
    }

    private StorageVolume create(StoragePool pool) throws Exception {
        screen.heading("A volume, then data in it, under a job of the demo's own");
        JobFuture<StorageVolume> made = pool.create(VolumeSpec.full("base", SIZE), PATIENCE);
        watch.untilEnded(made.id());
        return made.await();
    }

    private long fill(StorageVolume base) throws Exception {
        JobFuture<Long> filled = base.jobs()
                .run(
                        JobType.MODIFY,
                        "demo.fill",
                        PATIENCE,
                        job -> Content.fill(base.path(), SIZE, job));
        watch.untilEnded(filled.id());
        return filled.await();
    }

    private JobFuture<Void> share(StoragePool pool, StorageVolume base) throws Exception {
        screen.heading("A clone reads base: to wipe it one has to wait");
        JobFuture<StorageVolume> web = clone(base, pool, "web");
        JobFuture<Void> hasty = base.wipe(HASTE);
        watch.until("the refusal", hasty.toCompletableFuture()::isDone, web.id());
        screen.say("a wipe that would wait for " + Units.time(HASTE) + " is refused:");
        screen.say(String.valueOf(refusal(hasty).getMessage()));

        screen.heading(
                "A second clone goes beside; a refresh waits for both, a wipe for all three");
        JobFuture<StorageVolume> db = clone(base, pool, "db");
        JobFuture<Void> refresh = pool.refresh(PATIENCE);
        JobFuture<Void> wipe = base.wipe(PATIENCE);
        Long[] all = {web.id(), db.id(), refresh.id(), wipe.id()};
        watch.until("a quarter of the wipe", () -> watch.processed(wipe.id()) >= SIZE / 4, all);
        AbortResult answer = wipe.cancel();
        screen.say("abort wipe #" + wipe.id() + ": " + answer);
        watch.untilEnded(all);
        checkOrder(web, db, refresh, wipe);
        return wipe;
    }

    /** Clones at a rate that people can watch; a disk may be as fast as the memory. */
    private JobFuture<StorageVolume> clone(StorageVolume base, StoragePool pool, String name) {
        JobFuture<StorageVolume> clone = base.cloneTo(pool, name, PATIENCE);
        try {
            admin.bandwidth(clone.id(), RATE);
        } catch (IllegalArgumentException e) {
            screen.say("the clone had ended before it could be slowed down");
        }
        return clone;
    }

    private void checkOrder(
            JobFuture<StorageVolume> web,
            JobFuture<StorageVolume> db,
            JobFuture<Void> refresh,
            JobFuture<Void> wipe)
            throws Exception {
        for (JobFuture<?> done : List.of(web, db, refresh)) {
            done.await();
            check.equal(outcome(done), JobOutcome.COMPLETED, "outcome of job #" + done.id());
        }
        check.that(isBefore(db, web), "the second clone began before the first had ended");
        for (JobFuture<?> clone : List.of(web, db)) {
            check.that(!isBefore(refresh, clone), "the refresh waited for clone #" + clone.id());
        }
        check.that(!isBefore(wipe, refresh), "the wipe waited for the refresh");
    }

    /** Sees to it that a wipe was aborted: where the disk is memory, the first may be too fast. */
    private void aborted(StorageVolume base, JobFuture<Void> first) throws Exception {
        JobFuture<Void> wipe = first;
        for (int again = 0; again < RETRIES && outcome(wipe) == JobOutcome.COMPLETED; again++) {
            screen.say("the wipe was faster than the abort; once more");
            fill(base);
            JobFuture<Void> next = base.wipe(PATIENCE);
            watch.until("begin of the wipe", () -> watch.processed(next.id()) > 0, next.id());
            next.cancel();
            watch.untilEnded(next.id());
            wipe = next;
        }
        check.equal(outcome(wipe), JobOutcome.ABORTED, "outcome of the wipe");
        check.that(Content.isBlank(base.path(), 0), "the wipe wiped the begin of base");
        check.that(
                !Content.isBlank(base.path(), SIZE - Content.BLOCK),
                "the aborted wipe left the end of base");
    }

    private void verify(StoragePool pool, long sum) throws Exception {
        screen.heading("Both copies are read, side by side, and are what base was");
        JobFuture<Long> web = sum(pool, "web");
        JobFuture<Long> db = sum(pool, "db");
        watch.untilEnded(web.id(), db.id());
        check.equal(web.await(), sum, "checksum of web");
        check.equal(db.await(), sum, "checksum of db");
    }

    private JobFuture<Long> sum(StoragePool pool, String name) throws DemoException {
        StorageVolume volume = pool.volume(name)
                .orElseThrow(() -> new DemoException("the pool does not show " + name));
        return volume.jobs()
                .run(
                        JobType.QUERY,
                        "demo.verify",
                        PATIENCE,
                        job -> Content.sum(volume.path(), job));
    }

    private void lookAtFiles(Path directory) throws Exception {
        List<String> names = List.of("base", "db", "web");
        check.equal(names(directory), new TreeSet<>(names), "files of the pool");
        for (String name : names) {
            check.equal(Files.size(directory.resolve(name)), SIZE, "size of " + name);
        }
        screen.say("the pool has " + String.join(", ", names) + " and no half-made file");
    }

    private JobRefusedException refusal(JobFuture<Void> hasty) throws Exception {
        try {
            hasty.await();
        } catch (JobRefusedException e) {
            check.equal(e.reason(), JobRefusedException.Reason.TIMEOUT, "reason of the refusal");
            check.that(!e.blockers().isEmpty(), "the refusal names who was in the way");
            return e;
        }
        throw new DemoException("the wipe began beside the clone of its volume");
    }

    private JobOutcome outcome(JobFuture<?> job) {
        return watch.job(job.id()).outcome().orElseThrow();
    }

    /** Returns whether a job began before another had ended. */
    private boolean isBefore(JobFuture<?> began, JobFuture<?> ended) {
        JobInfo first = watch.job(began.id());
        JobInfo second = watch.job(ended.id());
        return first.started().orElseThrow().isBefore(second.ended().orElseThrow());
    }

    private static Set<String> names(Path directory) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        }
        return names;
    }
}
