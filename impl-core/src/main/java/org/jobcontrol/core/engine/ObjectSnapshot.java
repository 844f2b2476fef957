package org.jobcontrol.core.engine;

import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jspecify.annotations.Nullable;

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

    /** Looks where several are; under the lock. */
    static ObjectSnapshot of(CoreJobObject object, Admission admission) {
        Optional<JobEntry> async = Optional.ofNullable(admission.slots.async());
        return new ObjectSnapshot(
                object.target,
                admission.slots.jobs().stream().map(JobSnapshot::ofHold).toList(),
                Optional.ofNullable(admission.slots.agent()).map(JobSnapshot::ofHold),
                async.map(JobSnapshot::ofHold),
                async.map(object.rules::effectiveMask),
                admission.queue.all().stream().map(JobSnapshot::ofHold).toList(),
                admission.closed());
    }

    /** Looks where one is, or nobody. */
    static ObjectSnapshot of(CoreJobObject object, @Nullable Hold alone) {
        boolean agent = alone != null && alone.type().agent();
        boolean async = alone != null && alone.type() == JobType.ASYNC;
        Optional<Hold> hold = Optional.ofNullable(alone);
        return new ObjectSnapshot(
                object.target,
                hold.filter(job -> !agent && !async).map(JobSnapshot::ofHold).stream()
                        .toList(),
                hold.filter(job -> agent).map(JobSnapshot::ofHold),
                hold.filter(job -> async).map(JobSnapshot::ofHold),
                hold.filter(job -> async).map(Hold::job).map(object.rules::effectiveMask),
                List.of(),
                false);
    }
}
