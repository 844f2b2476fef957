package org.jobcontrol.core.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobState;
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

    /** Looks where several are. */
    static ObjectSnapshot of(CoreJobObject object, Admission admission) {
        long now = object.engine().clock().nanos();
        Optional<JobEntry> async = Optional.ofNullable(admission.slots.async());
        return new ObjectSnapshot(
                object.target,
                admission.slots.jobs().list().stream()
                        .map(hold -> JobSnapshot.ofHold(hold, now))
                        .toList(),
                Optional.ofNullable(admission.slots.agent())
                        .map(hold -> JobSnapshot.ofHold(hold, now)),
                async.map(hold -> JobSnapshot.ofHold(hold, now)),
                async.map(object.rules::effectiveMask),
                admission.queue.all().stream()
                        .map(hold -> JobSnapshot.ofHold(hold, now))
                        .toList(),
                admission.closed());
    }

    /** Looks where one is, or nobody. */
    static ObjectSnapshot of(CoreJobObject object, @Nullable Hold alone) {
        Optional<JobInfo> job =
                Stream.ofNullable(alone).flatMap(ObjectSnapshot::running).findFirst();
        boolean agent = alone != null && alone.type().agent();
        boolean async = alone != null && alone.type() == JobType.ASYNC;
        return new ObjectSnapshot(
                object.target,
                agent || async ? List.of() : job.stream().toList(),
                job.filter(info -> agent),
                job.filter(info -> async),
                Optional.ofNullable(alone)
                        .filter(hold -> async && job.isPresent())
                        .map(hold -> object.rules.effectiveMask(hold.job())),
                List.of(),
                false);
    }

    /** Returns the job behind a hold; none if it has left in this moment, for which no lock is needed. */
    private static Stream<JobInfo> running(Hold hold) {
        JobInfo job = JobSnapshot.ofHold(hold, hold.object.engine().clock().nanos());
        boolean left = hold == hold.job() && job.state() == JobState.FINISHED;
        return left ? Stream.empty() : Stream.of(job);
    }
}
