package org.jobcontrol.core.lincheck;

import java.util.List;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/** One job object under the policy LIBVIRT, as one thread after another would see it. */
public class SequentialModel {
    /** The types that are begun; Lincheck makes the numbers. */
    static final List<JobType> TYPES = List.of(JobType.QUERY, JobType.MODIFY, JobType.DESTROY);

    private static final int NOBODY = -1;

    private int job = NOBODY;
    private int async = NOBODY;
    private @Nullable JobMask mask;
    private boolean closed;

    public String tryBegin(int thread, int number) {
        JobType type = TYPES.get(number);
        if (job == thread) {
            return "has one";
        }
        if (closed) {
            return "gone";
        }
        boolean in = mask == null || mask.contains(type) || type == JobType.DESTROY;
        if (job != NOBODY || !in) {
            return "no";
        }
        job = thread;
        return "yes";
    }

    public boolean end(int thread) {
        if (job != thread) {
            return false;
        }
        job = NOBODY;
        return true;
    }

    public String tryBeginAsync(int thread) {
        if (async == thread) {
            return "has one";
        }
        if (closed) {
            return "gone";
        }
        if (job != NOBODY || async != NOBODY) {
            return "no";
        }
        async = thread;
        mask = JobMask.DEFAULT;
        return "yes";
    }

    public boolean endAsync(int thread) {
        if (async != thread) {
            return false;
        }
        async = NOBODY;
        mask = null;
        return true;
    }

    public boolean mask(int thread, int alone) {
        if (async != thread) {
            return false;
        }
        mask = JobMask.of(TYPES.get(alone));
        return true;
    }

    public boolean abortAsync() {
        return async != NOBODY;
    }

    public void close() {
        closed = true;
    }
}
