package org.jobcontrol.core.conformance;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobRefusedException;

/**
 * What became of a begin.
 *
 * @param result {@code granted}, {@code refused REASON} or {@code interrupted}
 * @param heldBy the threads of the jobs in the way
 * @param fence the fence of a granted job, which tells the order of grants
 */
record Outcome(String result, Set<String> heldBy, long fence) {
    private static final String HELD_BY = " held-by ";

    static Outcome granted(long fence) {
        return new Outcome("granted", Set.of(), fence);
    }

    static Outcome of(String result) {
        return new Outcome(result, Set.of(), 0);
    }

    static Outcome refused(JobRefusedException refusal) {
        Set<String> names = refusal.blockers().stream()
                .map(JobInfo::owner)
                .map(owner -> owner.thread())
                .collect(Collectors.toCollection(TreeSet::new));
        return new Outcome("refused " + refusal.reason(), names, 0);
    }

    /** Returns whether a recorded result says the same; it may name fewer of those in the way. */
    boolean matches(String recorded) {
        int at = recorded.indexOf(HELD_BY);
        if (at < 0) {
            return recorded.equals(result);
        }
        String[] names = recorded.substring(at + HELD_BY.length()).split(",");
        return recorded.substring(0, at).equals(result) && heldBy.containsAll(Arrays.asList(names));
    }

    @Override
    public String toString() {
        return heldBy.isEmpty() ? result : result + HELD_BY + String.join(",", heldBy);
    }
}
