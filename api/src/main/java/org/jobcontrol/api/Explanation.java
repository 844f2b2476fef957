package org.jobcontrol.api;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Says whether a job could begin now, and if not, why. Immutable. */
@ProviderType
public interface Explanation {
    /**
     * Returns whether the job would be admitted at once.
     *
     * @return true if {@code tryBegin} would have succeeded at that moment
     */
    boolean admissible();

    /**
     * Returns with what reason {@code begin} would be refused, now or at its deadline.
     *
     * @return the reason, or empty if the job is admissible
     */
    Optional<JobRefusedException.Reason> reason();

    /**
     * Returns the rule that decides, as a sentence for people.
     *
     * @return the sentence
     */
    String rule();

    /**
     * Returns the jobs in the way: those that hold a slot, and those that wait and go first; of many,
     * a hundred.
     *
     * @return the jobs; empty if the job is admissible
     */
    List<JobInfo> blockers();

    /**
     * Returns how many waiting jobs stand before this one in its line.
     *
     * @return the number
     */
    int ahead();
}
