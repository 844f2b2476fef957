package org.jobcontrol.api.spi;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.osgi.annotation.versioning.ProviderType;

/** A recorded job that has no end, because the process died while it ran. Immutable. */
@ProviderType
public interface InterruptedJob {
    /**
     * Returns the job's number.
     *
     * @return the id
     */
    long id();

    /**
     * Returns what the job ran on.
     *
     * @return the target's id
     */
    TargetId target();

    /**
     * Returns what the job was about.
     *
     * @return the name of the operation
     */
    String operation();

    /**
     * Returns the last phase that was recorded.
     *
     * @return the phase, or empty if there was none
     */
    Optional<String> phase();

    /**
     * Returns the last progress that was recorded.
     *
     * @return the progress; {@link Progress#NONE} if there was none
     */
    Progress progress();

    /**
     * Returns when the job was admitted.
     *
     * @return the instant
     */
    Instant started();

    /**
     * Returns what the adapter had recorded with the job.
     *
     * @return values by name
     */
    Map<String, String> attributes();
}
