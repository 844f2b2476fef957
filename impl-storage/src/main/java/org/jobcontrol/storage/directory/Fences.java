package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.Job;

/**
 * Refuses late work: a job that was taken from its owner has a smaller fence than whoever has changed the
 * file since. Safe for use by many threads.
 */
final class Fences {
    private final Map<Path, Long> largest = new ConcurrentHashMap<>();

    /** A job came too late. */
    static final class Late extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Late(Job job, long larger) {
            super("job #" + job.id() + " (" + job.operation() + ") has fence " + job.fence()
                    + ", and one with fence " + larger + " has changed it since");
        }
    }

    /**
     * Lets a job change a file, and nobody who was admitted before it from now on.
     *
     * @throws Late if somebody has who was admitted later
     */
    void pass(Path file, Job job) throws Late {
        long now = largest.merge(file, job.fence(), Math::max);
        if (now > job.fence()) {
            throw new Late(job, now);
        }
    }

    void forgetAll(Path directory) {
        largest.keySet().removeIf(file -> directory.equals(file.getParent()));
    }
}
