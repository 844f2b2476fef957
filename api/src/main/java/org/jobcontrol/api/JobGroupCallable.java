package org.jobcontrol.api;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Work that runs under the jobs of a group. The jobs end when the work returns or throws.
 *
 * @param <T> what the work gives
 */
@FunctionalInterface
@ConsumerType
public interface JobGroupCallable<T> {
    /**
     * Does the work.
     *
     * @param jobs the running jobs; closed by whoever calls this
     * @return the result; null if there is none
     * @throws Exception if the work fails (outcome FAILED), or a {@link JobAbortedException} if it
     *     ends early (outcome ABORTED)
     */
    @Nullable
    T call(JobGroup jobs) throws Exception;
}
