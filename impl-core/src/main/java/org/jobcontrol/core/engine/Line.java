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
    /** Where a hold stands. Its neighbour to the right came later; once it has left, that is itself. */
    static final class Place {
        final Hold hold;

        /** Grows to the right. */
        final long arrival;

        private @Nullable Place left;
        private @Nullable Place right;

        private Place(Hold hold, long arrival, @Nullable Place left) {
            this.hold = hold;
            this.arrival = arrival;
            this.left = left;
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

    Place add(Hold hold, long arrival) {
        Place place = new Place(hold, arrival, last);
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
