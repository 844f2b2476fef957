package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.storage.directory.DirectoryDriver;

/** A running engine with the storage services on it. */
final class StorageFixture implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    static final int MIB = 1 << 20;

    final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    final JobControl control = engine.control("com.acme.test");
    final StorageCatalog catalog = new StorageCatalog();
    final StorageDriver driver;
    final StoragePools pools = new StoragePoolsService(catalog, control);

    StorageFixture() {
        this(new DirectoryDriver((Path) null));
    }

    StorageFixture(StorageDriver driver) {
        this.driver = driver;
        catalog.add(driver, 0);
        engine.adapters().add(new PoolAdapter(catalog), PoolAdapter.KIND, 0);
        engine.adapters().add(new VolumeAdapter(catalog), VolumeAdapter.KIND, 0);
        catalog.whenGone(pool -> GonePools.close(control, pool));
    }

    /** Returns a new pool that is active. */
    StoragePool pool(String name, Path directory) throws Exception {
        StoragePool pool = pools.define(PoolSpec.directory(name, directory));
        pool.start(LONG).await();
        return pool;
    }

    /** Returns a new volume with bytes that are neither zero nor alike. */
    static StorageVolume volume(StoragePool pool, String name, int size) throws Exception {
        StorageVolume volume =
                pool.create(VolumeSpec.allocated(name, size), LONG).await();
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 251 + 1);
        }
        Files.write(volume.path(), bytes);
        return volume;
    }

    /** Returns the names of all files there, hidden ones too. */
    static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Checks that a target has neither jobs nor waiters. */
    static void assertIdle(JobObject jobs) {
        JobObjectInfo info = jobs.info();
        assertThat(info.jobs()).isEmpty();
        assertThat(info.async()).isEmpty();
        assertThat(info.queue()).isEmpty();
    }

    @Override
    public void close() {
        engine.close();
    }
}
