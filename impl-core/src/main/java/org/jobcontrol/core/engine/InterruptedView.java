package org.jobcontrol.core.engine;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.JobRecord;

/** An interrupted job as its adapter sees it in one attempt to recover it. */
final class InterruptedView implements InterruptedJob {
    private final JobEngine engine;
    private final InterruptedEntry entry;
    private final JobRecord record;
    private volatile boolean wentOn;

    InterruptedView(JobEngine engine, InterruptedEntry entry) {
        this.engine = engine;
        this.entry = entry;
        this.record = entry.record();
    }

    boolean wentOn() {
        return wentOn;
    }

    @Override
    public long id() {
        return record.id();
    }

    @Override
    public long fence() {
        return record.fence();
    }

    @Override
    public TargetId target() {
        return record.target();
    }

    @Override
    public JobType type() {
        return record.type();
    }

    @Override
    public String operation() {
        return record.operation();
    }

    @Override
    public Optional<String> phase() {
        return record.phase().isEmpty() ? Optional.empty() : Optional.of(record.phase());
    }

    @Override
    public Progress progress() {
        return record.progress();
    }

    @Override
    public Instant started() {
        return record.started();
    }

    @Override
    public Map<String, String> attributes() {
        return record.attributes();
    }

    @Override
    public AsyncJob goOn(AsyncOperation operation, JobMask mask) {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(mask, "mask");
        if (record.type() != JobType.ASYNC || wentOn) {
            throw new IllegalStateException(
                    wentOn ? entry + " goes on already" : entry + " is no async job");
        }
        CoreJobObject object = engine.objects()
                .get(
                        record.target(),
                        () -> engine.adapters().policyOf(record.target().kind()));
        AsyncJobHandle job = new AsyncJobHandle(
                object, engine.objects().parentOf(object), operation, mask, entry.owner());
        job.restore(record);
        job.needExtras().recorded = Recorder.recordedOf(entry);
        entry.goOn();
        if (!Ends.leaveTo(entry, job)) {
            throw entry.stale();
        }
        wentOn = true;
        return job;
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
