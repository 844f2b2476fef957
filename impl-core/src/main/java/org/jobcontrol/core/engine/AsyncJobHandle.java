package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException;

/** What the owner of an async job holds. */
final class AsyncJobHandle extends JobHandle implements AsyncJob {
    AsyncJobHandle(JobEntry job) {
        super(job);
    }

    @Override
    public JobMask mask() {
        return job.mask();
    }

    @Override
    public void mask(JobMask mask) {
        Objects.requireNonNull(mask, "mask");
        job.hold.object.mask(job, mask);
    }

    @Override
    public Job beginNested(String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        if (!job.life().open()) {
            throw job.stale();
        }
        return job.request().engine().begins().nested(job, operation, timeout);
    }

    @Override
    public String phase() {
        return job.life().phase();
    }

    @Override
    public void phase(String phase) {
        Objects.requireNonNull(phase, "phase");
        AsyncOperation operation = Objects.requireNonNull(job.asyncOperation);
        List<String> declared = operation.phases();
        int index = declared.indexOf(phase);
        if (!declared.isEmpty() && index < 0) {
            throw new IllegalArgumentException(
                    operation.name() + " has no phase '" + phase + "' but " + declared);
        }
        job.update(life -> {
            if (!declared.isEmpty() && index < declared.indexOf(life.phase())) {
                throw new IllegalArgumentException("phase '" + phase + "' lies before '"
                        + life.phase() + "' of " + operation.name());
            }
            return life.phase(phase);
        });
    }
}
