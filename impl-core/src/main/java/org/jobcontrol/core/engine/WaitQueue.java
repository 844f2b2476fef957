package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

    /** How many count for the queue bound. */
    private int counted;

    /** How many are nested jobs. */
    private int nested;

    /** The CHILD holds that may pass others, in arrival order; null if there was none yet. */
    private @Nullable Set<Hold> passing;

    Line lineOf(JobType type) {
        return type.agent() ? agents : jobs;
    }

    void add(Hold hold) {
        hold.job().waiting().place = lineOf(hold.type()).add(hold, ++arrivals);
        count(hold.type(), 1);
    }

    /** Adds a CHILD hold that may pass those that hold it back. */
    void addPassing(Hold hold) {
        add(hold);
        Set<Hold> others = passing;
        if (others == null) {
            others = new LinkedHashSet<>();
            passing = others;
        }
        others.add(hold);
    }

    /** Returns the CHILD holds that may pass others, in arrival order. */
    List<Hold> passing() {
        return passing == null ? List.of() : List.copyOf(passing);
    }

    private void count(JobType type, int more) {
        counted += counts(type) ? more : 0;
        nested += type == JobType.NESTED ? more : 0;
    }

    /** Returns whether a job of a type counts for the queue bound; steps do not. */
    static boolean counts(JobType type) {
        return type != JobType.NESTED && type != JobType.CHILD;
    }

    int counted() {
        return counted;
    }

    boolean hasNested() {
        return nested > 0;
    }

    /** Takes a hold out; false if it is not here. */
    boolean remove(Hold hold) {
        Line.Place place = placeOf(hold);
        if (place == null) {
            return false;
        }
        hold.job().waiting().place = null;
        lineOf(hold.type()).remove(place);
        count(hold.type(), -1);
        if (passing != null) {
            passing.remove(hold);
        }
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
        return first != null && second != null && first.arrival() < second.arrival();
    }

    boolean empty() {
        return jobs.empty() && agents.empty();
    }

    /** Returns how many stand before a hold in its line; all of them if it stands there not. */
    int ahead(Hold hold) {
        Line line = lineOf(hold.type());
        Line.Place place = placeOf(hold);
        return place == null ? line.size() : line.before(place);
    }

    int size() {
        return jobs.size() + agents.size();
    }

    /** Returns both lines as one, in arrival order. */
    List<Hold> all() {
        return oldest(Integer.MAX_VALUE);
    }

    /** Returns at most so many of both lines, in arrival order. */
    List<Hold> oldest(int max) {
        List<Hold> all = new ArrayList<>();
        Line.Place agent = agents.first();
        Line.Place job = jobs.first();
        while (all.size() < max) {
            if (agent != null && (job == null || agent.arrival() < job.arrival())) {
                all.add(agent.hold);
                agent = agent.next();
            } else if (job != null) {
                all.add(job.hold);
                job = job.next();
            } else {
                break;
            }
        }
        return all;
    }
}
