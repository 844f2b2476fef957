package org.jobcontrol.storage;

import java.time.Duration;
import java.util.Objects;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncJobCallable;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.StorageOperation;
import org.jspecify.annotations.Nullable;

/** Which job each operation on a pool or a volume takes. */
enum StorageWork {
    /*
     *   operation                | job on the pool        | job on the volume        | beside it may run
     *   -------------------------+------------------------+--------------------------+------------------
     *   pool: query              | QUERY                  |                          | all but DESTROY
     *                            |                        |                          | and MODIFY there
     *   pool: build, start       | async, mask NONE       |                          | nothing
     *   pool: refresh            | async, mask QUERY      |                          | queries of the pool
     *   pool: undefine           | MODIFY                 |                          | nothing
     *   pool: stop, delete       | DESTROY                |                          | nothing
     *   volume: query, download, | CHILD (an intention)   | QUERY                    | queries of it, and
     *   being cloned or built on |                        |                          | other volumes
     *   volume: create, clone    | CHILD                  | async, mask NONE         | other volumes
     *   to, upload, wipe, resize |                        |                          |
     *   volume: delete           | CHILD                  | DESTROY                  | other volumes
     *
     * A clone holds the CHILD of both pools, and both volumes, for as long as it lasts. An upload or a
     * download holds its volume until its stream is closed. Create under a job of the pool takes no
     * CHILD: that job covers it.
     */
    POOL_QUERY("pool.query", JobType.QUERY),
    POOL_BUILD(StorageOperation.POOL_BUILD),
    POOL_START(StorageOperation.POOL_START),
    POOL_REFRESH(StorageOperation.POOL_REFRESH),
    POOL_UNDEFINE("pool.undefine", JobType.MODIFY),
    POOL_STOP("pool.stop", JobType.DESTROY),
    POOL_DELETE("pool.delete", JobType.DESTROY),
    VOLUME_QUERY("volume.query", JobType.QUERY),
    VOLUME_DOWNLOAD("volume.download", JobType.QUERY),
    VOLUME_CLONE_FROM("volume.clone", JobType.QUERY),
    VOLUME_BUILD_ON("volume.backing", JobType.QUERY),
    VOLUME_CREATE(StorageOperation.VOLUME_CREATE),
    VOLUME_CREATE_UNDER("volume.create", JobType.MODIFY),
    VOLUME_CLONE(StorageOperation.VOLUME_CLONE),
    VOLUME_UPLOAD(StorageOperation.VOLUME_UPLOAD),
    VOLUME_WIPE(StorageOperation.VOLUME_WIPE),
    VOLUME_RESIZE(StorageOperation.VOLUME_RESIZE),
    VOLUME_DELETE("volume.delete", JobType.DESTROY);

    private final String operation;
    private final JobType type;
    private final @Nullable StorageOperation async;

    StorageWork(String operation, JobType type) {
        this.operation = operation;
        this.type = type;
        this.async = null;
    }

    StorageWork(StorageOperation async) {
        this.operation = async.name();
        this.type = JobType.ASYNC;
        this.async = async;
    }

    String operation() {
        return operation;
    }

    JobType type() {
        return type;
    }

    /** Returns the job as one of a group. */
    JobRequest on(JobObject jobs) {
        return async == null
                ? JobRequest.of(jobs, type, operation)
                : JobRequest.of(jobs, async, async.defaultMask());
    }

    /** Runs async work in the background. */
    <T> JobFuture<T> run(JobObject jobs, Duration timeout, AsyncJobCallable<T> work) {
        StorageOperation its = operationOf();
        return jobs.runAsync(its, its.defaultMask(), timeout, work);
    }

    /** Begins an async job that is ended elsewhere. */
    @SuppressWarnings("MustBeClosedChecker") // by whoever is given it
    AsyncJob beginAsync(JobObject jobs, Duration timeout)
            throws JobRefusedException, InterruptedException {
        StorageOperation its = operationOf();
        return jobs.beginAsync(its, its.defaultMask(), timeout);
    }

    private StorageOperation operationOf() {
        return Objects.requireNonNull(async, () -> this + " is no async job");
    }
}
