package org.jobcontrol.libvirt;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeState;

/**
 * Which volumes of one connection hold only a part of what was to be written into them: libvirt keeps no
 * such mark. Outlives a connection that is lost, since that is what leaves such volumes. After a crash the
 * recovery of the interrupted job sets the mark again; a process that ends later forgets it. Safe for use by
 * many threads.
 */
final class VolumeMarks {
    private final Map<Key, VolumeState> states = new ConcurrentHashMap<>();

    private record Key(String pool, String volume) {}

    VolumeState state(String pool, String volume) {
        return states.getOrDefault(new Key(pool, volume), VolumeState.INTACT);
    }

    void state(String pool, String volume, VolumeState state) {
        Key key = new Key(pool, volume);
        if (state == VolumeState.INTACT) {
            states.remove(key);
        } else {
            states.put(key, state);
        }
    }

    /** Returns what libvirt tells of a volume, with its mark. */
    VolumeInfo marked(String pool, VolumeInfo volume) {
        return new VolumeInfo(
                volume.name(),
                volume.format(),
                volume.capacity(),
                volume.allocation(),
                state(pool, volume.name()),
                volume.asOf(),
                volume.problem());
    }
}
