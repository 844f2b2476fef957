package org.jobcontrol.core.engine;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The holds in a job slot, oldest first. The time that it takes to add, to remove and to look for a
 * thread does not grow with their number. Not thread-safe, as {@link Line} is not.
 */
final class Holders implements Iterable<Hold> {
    /** From how many on there is an index; to look at each of fewer takes no longer. */
    static final int MANY = 32;

    private final Line line = new Line();

    /** How many count for the queue bound. */
    private int counted;

    /** Knows every hold, once there were many; null again when there is none. */
    private @Nullable Index index;

    /** Finds holds, and the threads that their jobs are bound to. */
    private static final class Index {
        /** Where a hold stands, and the thread that its job was bound to when it was entered here. */
        private record Entry(Line.Place place, @Nullable Thread thread) {}

        private final Map<Hold, Entry> entries = new HashMap<>();

        /** How many entries each thread has. */
        private final Map<Thread, Integer> threads = new HashMap<>();

        void enter(Line.Place place) {
            Thread thread = place.hold.job().boundTo();
            entries.put(place.hold, new Entry(place, thread));
            if (thread != null) {
                threads.merge(thread, 1, Integer::sum);
            }
        }

        Line.@Nullable Place leave(Hold hold) {
            Entry entry = entries.remove(hold);
            if (entry == null) {
                return null;
            }
            if (entry.thread != null) {
                threads.computeIfPresent(
                        entry.thread, (thread, number) -> number == 1 ? null : number - 1);
            }
            return entry.place;
        }

        /** Returns whether a thread may have a job here; one that was detached since still counts. */
        boolean mayHave(Thread thread) {
            return threads.containsKey(thread);
        }
    }

    void add(Hold hold) {
        Line.Place place = line.add(hold);
        counted += WaitQueue.counts(hold.type()) ? 1 : 0;
        if (index != null) {
            index.enter(place);
        } else if (line.size() >= MANY) {
            Index all = new Index();
            for (Line.Place each = line.first(); each != null; each = each.next()) {
                all.enter(each);
            }
            index = all;
        }
    }

    /** Takes a hold out; false if it is not here. */
    boolean remove(Hold hold) {
        Line.Place place = index == null ? line.find(hold) : index.leave(hold);
        if (place == null) {
            return false;
        }
        line.remove(place);
        counted -= WaitQueue.counts(hold.type()) ? 1 : 0;
        if (line.empty()) {
            index = null;
        }
        return true;
    }

    /** Notes that the job of a hold, if that is here, was bound to another thread. */
    void rebound(Hold hold) {
        Line.Place place = index == null ? null : index.leave(hold);
        if (index != null && place != null) {
            index.enter(place);
        }
    }

    /** Returns whether a job that is bound to a thread is here. */
    boolean anyOf(Thread thread) {
        if (index != null && !index.mayHave(thread)) {
            return false;
        }
        for (Hold hold : line) {
            if (hold.job().boundTo() == thread) {
                return true;
            }
        }
        return false;
    }

    /** Returns who came first and is still here, or null. */
    @Nullable
    Hold head() {
        return line.head();
    }

    boolean empty() {
        return line.empty();
    }

    int size() {
        return line.size();
    }

    int counted() {
        return counted;
    }

    List<Hold> list() {
        return line.list();
    }

    @Override
    public Iterator<Hold> iterator() {
        return line.iterator();
    }
}
