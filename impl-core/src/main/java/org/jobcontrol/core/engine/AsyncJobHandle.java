package org.jobcontrol.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/** An async job. */
final class AsyncJobHandle extends JobHandle implements AsyncJob {
    private final JobMask begunWith;
    private final boolean abortable;
    private final boolean recordable;
    private final @Nullable Intention intention;

    /** Null once the job has ended: it may be of a bundle that is gone, and history is not to keep it. */
    private @Nullable AsyncOperation asyncOperation;

    AsyncJobHandle(
            CoreJobObject object,
            @Nullable CoreJobObject parentObject,
            AsyncOperation asyncOperation,
            JobMask mask,
            Owner owner) {
        super(object, JobType.ASYNC, asyncOperation.name(), owner, null);
        this.asyncOperation = asyncOperation;
        this.abortable = asyncOperation.abortable();
        this.recordable = asyncOperation.recorded();
        this.begunWith = mask;
        this.intention = parentObject == null ? null : new Intention(parentObject, this);
    }

    @Override
    @Nullable
    Intention intention() {
        return intention;
    }

    @Override
    boolean recordable() {
        return recordable;
    }

    @Override
    Life plain() {
        return Life.begin(abortable, begunWith);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // an equal life may have been said with mask NONE
    public JobMask mask() {
        Life said = said();
        return said == null || said == Life.COMPLETED ? begunWith : said.mask();
    }

    @Override
    void forget() {
        super.forget();
        asyncOperation = null;
        if (intention != null) {
            intention.giveBack();
        }
    }

    @Override
    boolean over() {
        return super.over() && (intention == null || intention.left());
    }

    @Override
    public void mask(JobMask mask) {
        Objects.requireNonNull(mask, "mask");
        object.mask(this, mask);
    }

    @Override
    public Job beginNested(String operation, Duration timeout)
            throws JobRefusedException, InterruptedException {
        if (!life().open()) {
            throw stale();
        }
        return object.engine().begins().nested(this, operation, timeout);
    }

    @Override
    public String phase() {
        return life().phase();
    }

    @Override
    public void phase(String phase) {
        Objects.requireNonNull(phase, "phase");
        AsyncOperation operation = asyncOperation;
        if (operation == null) {
            throw stale();
        }
        checkPhase(operation, life(), phase);
        Recorded recorded = Recorder.recordedOf(this);
        if (recorded != null && life().open()) {
            recorded.phase(phase, progress());
        }
        update(life -> {
            checkPhase(operation, life, phase);
            return life.phase(phase);
        });
    }

    private static void checkPhase(AsyncOperation operation, Life life, String phase) {
        List<String> declared = operation.phases();
        int index = declared.indexOf(phase);
        if (!declared.isEmpty() && index < 0) {
            throw new IllegalArgumentException(
                    operation.name() + " has no phase '" + phase + "' but " + declared);
        }
        if (index < declared.indexOf(life.phase())) {
            throw new IllegalArgumentException("phase '" + phase + "' lies before '" + life.phase()
                    + "' of " + operation.name());
        }
    }
}
