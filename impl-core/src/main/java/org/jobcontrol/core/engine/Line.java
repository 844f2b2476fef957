package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Holds in the order in which they came. Not thread-safe: the lock of the {@link Admission} guards it.
 * But whoever walks along it without the lock comes to an end and fails at nothing; so a look may be
 * made that way, and is thrown away if the line was changed meanwhile.
 */
final class Line implements Iterable<Hold> {
    /** How many arrival numbers are counted together. */
    private static final int RUN = 256;

    /**
     * Counts the places of consecutive arrival numbers, so that the number of places before one is known
     * without passing each of them.
     */
    private static final class Run {
        /** The first of its arrival numbers. */
        final long first;

        private int places;
        private @Nullable Run left;
        private @Nullable Run right;

        Run(long first, @Nullable Run left) {
            this.first = first;
            this.left = left;
            if (left != null) {
                left.right = this;
            }
        }

        /** Leaves its neighbours, unless it has places or is the last, which may get more. */
        void leaveIfEmpty() {
            if (places == 0 && right != null) {
                right.left = left;
                if (left != null) {
                    left.right = right;
                }
            }
        }
    }

    /** Where a hold stands. Its neighbour to the right came later; once it has left, that is itself. */
    static final class Place {
        final Hold hold;

        /** Null in a line without arrival numbers. */
        private final @Nullable Run run;

        /** The arrival number, counted from the first of the run. */
        private final int index;

        private @Nullable Place left;
        private @Nullable Place right;

        private Place(Hold hold, @Nullable Run run, int index, @Nullable Place left) {
            this.hold = hold;
            this.run = run;
            this.index = index;
            this.left = left;
        }

        /** Returns the arrival number, which grows to the right; 0 in a line without them. */
        long arrival() {
            return run == null ? 0 : run.first + index;
        }

        /** Returns the place of who came next, or null; to be asked before this one leaves. */
        @Nullable
        Place next() {
            Place next = right;
            return next == this ? null : next;
        }
    }

    private @Nullable Place first;
    private @Nullable Place last;
    private @Nullable Run lastRun;
    private int size;

    @Nullable
    Place first() {
        return first;
    }

    /** Returns who came first and is still here, or null. */
    @Nullable
    Hold head() {
        Place place = first;
        return place == null ? null : place.hold;
    }

    boolean empty() {
        return first == null;
    }

    int size() {
        return size;
    }

    /** Adds a hold to a line without arrival numbers. */
    Place add(Hold hold) {
        return append(new Place(hold, null, 0, last));
    }

    /** Adds a hold with an arrival number that is larger than all before. */
    Place add(Hold hold, long arrival) {
        long first = arrival - arrival % RUN;
        Run run = lastRun;
        if (run == null || run.first != first) {
            lastRun = new Run(first, run);
            if (run != null) {
                run.leaveIfEmpty();
            }
            run = lastRun;
        }
        run.places++;
        return append(new Place(hold, run, (int) (arrival - first), last));
    }

    private Place append(Place place) {
        if (last == null) {
            first = place;
        } else {
            last.right = place;
        }
        last = place;
        size++;
        return place;
    }

    void remove(Place place) {
        Place left = place.left;
        Place right = place.right;
        if (left == null) {
            first = right;
        } else {
            left.right = right;
        }
        if (right == null) {
            last = left;
        } else {
            right.left = left;
        }
        place.left = null;
        // So that a place that is garbage, but old, keeps none that came later.
        place.right = place;
        size--;
        if (place.run != null) {
            place.run.places--;
            place.run.leaveIfEmpty();
        }
    }

    /** Returns where a hold stands, or null; looks at each. */
    @Nullable
    Place find(Hold hold) {
        Place place = first;
        while (place != null && place.hold != hold) {
            place = place.next();
        }
        return place;
    }

    /** Returns how many places are before one: passes those of its own run, and counts the others by runs. */
    int before(Place place) {
        Run own = place.run;
        int before = 0;
        for (Place other = place.left; other != null && other.run == own; other = other.left) {
            before++;
        }
        for (Run run = own == null ? null : own.left; run != null; run = run.left) {
            before += run.places;
        }
        return before;
    }

    List<Hold> list() {
        List<Hold> holds = new ArrayList<>();
        forEach(holds::add);
        return holds;
    }

    @Override
    public Iterator<Hold> iterator() {
        return new Iterator<>() {
            private @Nullable Place next = first;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Hold next() {
                Place place = next;
                if (place == null) {
                    throw new NoSuchElementException();
                }
                next = place.next();
                return place.hold;
            }
        };
    }
}
