package org.jobcontrol.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What was done to each volume, in the order in which its jobs were admitted. */
final class LoadHistory {
    /** What an operation does to a volume. */
    enum Kind {
        MAKE,
        CHANGE,
        DELETE
    }

    /**
     * One job that changes a volume.
     *
     * @param volume the volume, as pool/name; each name is used once
     * @param fence when its job was admitted
     * @param content what every eight bytes are afterwards
     * @param source of a clone, what it was cloned from; empty for everything else
     */
    record Event(
            String volume, long fence, Kind kind, boolean completed, long content, String source) {}

    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

    private Map<String, List<Event>> byVolume = Map.of();

    /** Puts in order what was added; to be called when nothing is added any more. */
    void settle() {
        byVolume = events.stream()
                .sorted(Comparator.comparingLong(Event::fence))
                .collect(Collectors.groupingBy(Event::volume));
    }

    void add(Event event) {
        events.add(event);
    }

    int size() {
        return events.size();
    }

    long volumes() {
        return events.stream().map(Event::volume).distinct().count();
    }

    /** Returns what was done to a volume, oldest first. */
    List<Event> of(String volume) {
        return byVolume.getOrDefault(volume, List.of());
    }

    /** Returns whether a change of a volume, or of what it was cloned from, ended early. */
    boolean mayBeTorn(String volume) {
        return of(volume).stream()
                .anyMatch(event -> !event.completed()
                        || (!event.source().isEmpty() && mayBeTorn(event.source())));
    }

    /** Returns the names of the volumes of a pool that were made and not deleted. */
    Set<String> survivors(String pool) {
        Set<String> names = new TreeSet<>();
        Set<String> deleted = new HashSet<>();
        for (Event event : events) {
            if (event.completed() && event.volume().startsWith(pool + "/")) {
                String name = event.volume().substring(pool.length() + 1);
                switch (event.kind()) {
                    case MAKE -> names.add(name);
                    case DELETE -> deleted.add(name);
                    case CHANGE -> {}
                }
            }
        }
        names.removeAll(deleted);
        return names;
    }

    /** Returns all that each volume ever held, clones what their sources held. */
    Map<String, Set<Long>> contents() {
        Map<String, Set<Long>> contents = new ConcurrentHashMap<>();
        List<Event> clones = new ArrayList<>();
        for (Event event : events) {
            Set<Long> its = contents.computeIfAbsent(event.volume(), name -> new HashSet<>());
            if (event.source().isEmpty()) {
                its.add(event.content());
            } else {
                clones.add(event);
            }
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Event clone : clones) {
                Set<Long> from = contents.getOrDefault(clone.source(), Set.of());
                more |= contents.get(clone.volume()).addAll(from);
            }
        }
        return contents.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
