package org.jobcontrol.core.engine;

import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.TargetId;

/** What is known of a job object at one moment. */
record ObjectSnapshot(
        TargetId target,
        List<JobInfo> jobs,
        Optional<JobInfo> agent,
        Optional<JobInfo> async,
        Optional<JobMask> mask,
        List<JobInfo> queue,
        boolean closed)
        implements JobObjectInfo {

    /** Looks; under the lock of the job object. */
    static ObjectSnapshot of(TargetId target, Slots slots, WaitQueue queue, boolean closed) {
        Optional<Hold> async = Optional.ofNullable(slots.async());
        return new ObjectSnapshot(
                target,
                slots.jobs().stream().map(JobSnapshot::ofHold).toList(),
                Optional.ofNullable(slots.agent()).map(JobSnapshot::ofHold),
                async.map(JobSnapshot::ofHold),
                async.map(hold -> slots.effectiveMask(hold.job)),
                queue.all().stream().map(JobSnapshot::ofHold).toList(),
                closed);
    }
}
