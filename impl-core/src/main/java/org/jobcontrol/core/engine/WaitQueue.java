package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/**
 * Who waits on one job object, in arrival order. Agent requests are a line of their own. Not
 * thread-safe, as {@link Line} is not.
 */
final class WaitQueue {
    private final Line jobs = new Line();
    private final Line agents = new Line();
    private long arrivals;

    Line lineOf(JobType type) {
        return type.agent() ? agents : jobs;
    }

    void add(Hold hold) {
        hold.job().waiting().place = lineOf(hold.type()).add(hold, ++arrivals);
    }

    /** Takes a hold out; false if it is not here. */
    boolean remove(Hold hold) {
        Line.Place place = placeOf(hold);
        if (place == null) {
            return false;
        }
        hold.job().waiting().place = null;
        lineOf(hold.type()).remove(place);
        return true;
    }

    boolean contains(Hold hold) {
        return placeOf(hold) != null;
    }

    /** A hold waits nowhere but on its own job object; its request may have come to another hold. */
    private static Line.@Nullable Place placeOf(Hold hold) {
        Request request = hold.job().request();
        Line.Place place = request == null ? null : request.place;
        return place == null || place.hold != hold ? null : place;
    }

    /** Returns whether a hold is the first in its line. */
    boolean first(Hold hold) {
        return lineOf(hold.type()).head() == hold;
    }

    /** Returns whether a hold of the queue came before another one. */
    boolean isBefore(Hold earlier, Hold later) {
        Line.Place first = placeOf(earlier);
        Line.Place second = placeOf(later);
        return first != null && second != null && first.arrival < second.arrival;
    }

    boolean empty() {
        return jobs.empty() && agents.empty();
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
        List<Hold> all = new ArrayList<>();
        Line.Place agent = agents.first();
        for (Line.Place job = jobs.first(); job != null; job = job.next()) {
            for (; agent != null && agent.arrival < job.arrival; agent = agent.next()) {
                all.add(agent.hold);
            }
            all.add(job.hold);
        }
        for (; agent != null; agent = agent.next()) {
            all.add(agent.hold);
        }
        return all;
    }
}
