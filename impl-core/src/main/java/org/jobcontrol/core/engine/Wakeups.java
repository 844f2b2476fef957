package org.jobcontrol.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done once a job object's lock is free again: gathered under it, done after it. Used by
 * one thread.
 */
final class Wakeups {
    private final List<Request> decided = new ArrayList<>(2);
    private @Nullable CoreJobObject idle;

    /** Has a request look at what became of it. */
    void add(Request request) {
        decided.add(request);
    }

    /** Has a closed job object that is idle now give way to its successor. */
    void idle(CoreJobObject object) {
        idle = object;
    }

    void run() {
        decided.forEach(Request::wake);
        if (idle != null) {
            Succession.giveWay(idle);
        }
    }
}
