package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Work of jobs that ended because the connection was lost, kept until the next connection: the daemon or
 * QEMU may go on with it, while nobody here has a job for it. Safe for use by many threads.
 */
final class LostWork {
    private final Queue<RecordedWork> lost = new ConcurrentLinkedQueue<>();

    void add(RecordedWork work) {
        lost.add(work);
    }

    /** Takes all that was lost until now. */
    List<RecordedWork> take() {
        List<RecordedWork> taken = new ArrayList<>();
        for (RecordedWork work = lost.poll(); work != null; work = lost.poll()) {
            taken.add(work);
        }
        return taken;
    }
}
