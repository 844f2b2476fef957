package org.jobcontrol.api;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name of a target. Ids are ordered so that a pool comes before every volume: whoever begins
 * jobs on several targets in this order cannot deadlock with others who do.
 *
 * @param kind what the target is, such as {@code domain}, {@code pool} or {@code volume}
 * @param id the target's name, unique among those of its kind and parent
 * @param parent the target that this one is part of (a volume's pool), or null
 */
public record TargetId(String kind, String id, @Nullable TargetId parent)
        implements Comparable<TargetId> {
    private static final Comparator<TargetId> ORDER = Comparator.comparingInt(TargetId::depth)
            .thenComparing(TargetId::kind)
            .thenComparing(TargetId::id)
            .thenComparing(TargetId::parent, Comparator.nullsFirst(Comparator.naturalOrder()));

    /**
     * Checks the names.
     *
     * @param kind see the record
     * @param id see the record
     * @param parent see the record
     * @throws IllegalArgumentException if the kind or the id is blank
     */
    public TargetId {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
        if (kind.isBlank() || id.isBlank()) {
            throw new IllegalArgumentException("blank kind or id: '" + kind + "', '" + id + "'");
        }
    }

    /**
     * Returns the id of a target that is part of no other.
     *
     * @param kind what the target is
     * @param id the target's name
     * @return the id
     */
    public static TargetId of(String kind, String id) {
        return new TargetId(kind, id, null);
    }

    @Override
    public int compareTo(TargetId other) {
        return ORDER.compare(this, other);
    }

    /** Returns what people read: {@code domain web-01}, {@code volume default/a.img}. */
    @Override
    public String toString() {
        return kind + " " + path();
    }

    private String path() {
        return parent == null ? id : parent.path() + "/" + id;
    }

    private int depth() {
        return parent == null ? 0 : parent.depth() + 1;
    }
}
