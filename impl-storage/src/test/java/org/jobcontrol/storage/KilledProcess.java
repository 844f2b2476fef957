package org.jobcontrol.storage;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.journal.FileJournal;
import org.jobcontrol.core.journal.Teller;
import org.jobcontrol.storage.directory.DirectoryDriver;

/**
 * The process that is killed: tells what it finds when it starts, and then of each job that it has begun
 * and of each that has ended, until it is no more.
 */
final class KilledProcess {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int THREADS = 3;
    private static final int SIZE = 3 << 20;

    private final StoragePool pool;

    private KilledProcess(StoragePool pool) {
        this.pool = pool;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        long before = System.nanoTime();
        FileJournal journal = new FileJournal(directory.resolve("journal"));
        JobEngine engine = new JobEngine(
                EngineClock.system(), longHistory(), journal, type -> JobEngine.NO_BUNDLE);
        JobControl control = engine.control("com.acme.test");
        Teller.started(control, before);
        StorageCatalog catalog = new StorageCatalog();
        HookedDriver driver = new HookedDriver(new DirectoryDriver(directory));
        driver.hook((work, job) -> {
            if (job.type() == JobType.ASYNC || job.type() == JobType.DESTROY) {
                Teller.say("begun", job.id(), work);
            }
        });
        catalog.add(driver, 0);
        StoragePoolsService pools = new StoragePoolsService(catalog, control);
        Optional<StoragePool> known = pools.find("images");
        engine.adapters().add(new PoolAdapter(catalog), PoolAdapter.KIND, 0);
        engine.adapters().add(new VolumeAdapter(catalog), VolumeAdapter.KIND, 0);
        StoragePool pool = known.isPresent()
                ? known.get()
                : pools.define(PoolSpec.directory("images", directory.resolve("images")));
        pool.build(LONG).await();
        pool.start(LONG).await();
        Teller.recovered(control);
        new KilledProcess(pool).work(Long.parseLong(arguments[1]));
    }

    private static Settings longHistory() {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                0,
                1_000_000,
                shipped.historyAge(),
                shipped.drainTimeout(),
                shipped.stuckWarn(),
                shipped.leakTracking(),
                Duration.ZERO);
    }

    private void work(long seed) {
        for (int i = 0; i < THREADS; i++) {
            String name = "v" + i;
            SplittableRandom random = new SplittableRandom(seed * THREADS + i);
            new Thread(() -> workOn(name, random), name).start();
        }
    }

    private void workOn(String name, SplittableRandom random) {
        while (true) {
            try {
                step(name, random);
            } catch (Exception e) {
                Teller.say("failed", 0, e);
            }
        }
    }

    private void step(String name, SplittableRandom random) throws Exception {
        Optional<StorageVolume> there = pool.volume(name);
        if (there.isEmpty()) {
            await(pool.create(VolumeSpec.allocated(name, SIZE), LONG));
            return;
        }
        StorageVolume volume = there.get();
        switch (random.nextInt(5)) {
            case 0 -> await(volume.upload(new ByteArrayInputStream(new byte[SIZE]), LONG));
            case 1 -> await(volume.wipe(LONG));
            case 2 -> await(volume.resize(volume.info().capacity() + 4096, LONG));
            case 3 -> {
                String copy = name + "-copy";
                if (pool.volume(copy).isPresent()) {
                    delete(pool.volume(copy).get());
                } else {
                    await(volume.cloneTo(pool, copy, LONG));
                }
            }
            default -> delete(volume);
        }
    }

    private static void await(JobFuture<?> work) throws Exception {
        work.await();
        Teller.say("ended", work.id(), "");
    }

    private static void delete(StorageVolume volume) throws Exception {
        try (Job job = volume.jobs().begin(JobType.DESTROY, "volume.delete", LONG)) {
            volume.delete(job);
            job.close();
            Teller.say("ended", job.id(), "");
        }
    }
}
