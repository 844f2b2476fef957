package org.jobcontrol.api;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Work that runs under an async job. The job ends when the work returns or throws.
 *
 * @param <T> what the work gives
 */
@FunctionalInterface
@ConsumerType
public interface AsyncJobCallable<T> {
    /**
     * Does the work.
     *
     * @param job the running job; closed by whoever calls this
     * @return the result; null if there is none
     * @throws Exception if the work fails (outcome FAILED), or a {@link JobAbortedException} if it
     *     ends early (outcome ABORTED)
     */
    @Nullable
    T call(AsyncJob job) throws Exception;
}
