package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * Who waits on one job object, in arrival order. Agent requests are a line of their own. Not
 * thread-safe: the lock of the {@link Admission} guards it.
 */
final class WaitQueue {
    /** Made for the first waiter: on most targets nobody ever waits. */
    private @Nullable Set<Hold> jobLine;

    private @Nullable Set<Hold> agentLine;

    private long arrivals;

    Set<Hold> lineOf(JobType type) {
        Set<Hold> line = type.agent() ? agentLine : jobLine;
        return line == null ? Set.of() : line;
    }

    void add(Hold hold) {
        hold.job().waiting().arrival = ++arrivals;
        if (hold.type().agent()) {
            agentLine = agentLine == null ? new LinkedHashSet<>() : agentLine;
            agentLine.add(hold);
        } else {
            jobLine = jobLine == null ? new LinkedHashSet<>() : jobLine;
            jobLine.add(hold);
        }
    }

    /** Takes a hold out; false if it is not here. */
    boolean remove(Hold hold) {
        return contains(hold) && lineOf(hold.type()).remove(hold);
    }

    boolean contains(Hold hold) {
        return lineOf(hold.type()).contains(hold);
    }

    /** Returns whether a hold is the first in its line. */
    boolean first(Hold hold) {
        return lineOf(hold.type()).iterator().next() == hold;
    }

    boolean empty() {
        return lineOf(JobType.QUERY).isEmpty() && lineOf(JobType.AGENT_QUERY).isEmpty();
    }

    /** Returns how many stand before a hold in its line; all of them if it stands there not. */
    int ahead(Hold hold) {
        int ahead = 0;
        for (Hold other : lineOf(hold.type())) {
            if (other == hold) {
                break;
            }
            ahead++;
        }
        return ahead;
    }

    /** Returns both lines as one, in arrival order. */
    List<Hold> all() {
        List<Hold> all = new ArrayList<>(lineOf(JobType.QUERY));
        if (!lineOf(JobType.AGENT_QUERY).isEmpty()) {
            all.addAll(lineOf(JobType.AGENT_QUERY));
            all.sort(Comparator.comparingLong(hold -> hold.job().waiting().arrival));
        }
        return all;
    }
}
