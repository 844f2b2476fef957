package org.jobcontrol.itests;

import java.time.Duration;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;

/** Clones that last, so that something can happen meanwhile. */
final class SlowClones {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int SIZE = 16 << 20;
    private static final int BYTES_A_SECOND = 1 << 18;

    private SlowClones() {}

    /** Returns what a source is: data, not holes, which take no time. */
    static VolumeSpec source(String name) {
        return VolumeSpec.full(name, SIZE);
    }

    /** Begins a clone that takes a minute. */
    static JobFuture<StorageVolume> begin(
            JobControl control, JobAdmin admin, StorageVolume source, String name)
            throws Exception {
        // It cannot begin before it is told how slow to be.
        try (Job holder = control.of(source.pool()).begin(JobType.MODIFY, "holder", LONG)) {
            JobFuture<StorageVolume> clone = source.cloneTo(source.pool(), name, LONG);
            admin.bandwidth(clone.id(), BYTES_A_SECOND);
            return clone;
        }
    }
}
