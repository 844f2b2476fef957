package org.jobcontrol.storage;

import java.time.Duration;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;

/** The contract of job objects, for a volume: it waits and holds as if it had no pool. */
class VolumeJobsTest extends PoolJobsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Override
    protected Object target() throws Exception {
        StoragePool pool = pool();
        if (!pool.state().active()) {
            pool.start(LONG).await();
        }
        StorageVolume known = pool.volume("a.img").orElse(null);
        return known != null
                ? known
                : pool.create(VolumeSpec.sparse("a.img", 4096), LONG).await();
    }
}
