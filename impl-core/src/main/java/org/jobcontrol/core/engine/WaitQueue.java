package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jobcontrol.api.JobType;

/**
 * Who waits on one job object, in arrival order. Agent requests are a line of their own. Not
 * thread-safe: its job object's lock guards it.
 */
final class WaitQueue {
    private final Set<Hold> jobLine = new LinkedHashSet<>();
    private final Set<Hold> agentLine = new LinkedHashSet<>();

    private long arrivals;

    Set<Hold> lineOf(JobType type) {
        return type.agent() ? agentLine : jobLine;
    }

    void add(Hold hold) {
        hold.arrival = ++arrivals;
        lineOf(hold.type).add(hold);
    }

    void remove(Hold hold) {
        lineOf(hold.type).remove(hold);
    }

    boolean empty() {
        return jobLine.isEmpty() && agentLine.isEmpty();
    }

    /** Returns how many stand before a hold in its line; all of them if it stands there not. */
    int ahead(Hold hold) {
        int ahead = 0;
        for (Hold other : lineOf(hold.type)) {
            if (other == hold) {
                break;
            }
            ahead++;
        }
        return ahead;
    }

    /** Returns both lines as one, in arrival order. */
    List<Hold> all() {
        List<Hold> all = new ArrayList<>(jobLine);
        if (!agentLine.isEmpty()) {
            all.addAll(agentLine);
            all.sort(Comparator.comparingLong(hold -> hold.arrival));
        }
        return all;
    }
}
