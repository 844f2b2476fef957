package org.jobcontrol.domain;

import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.TargetId;

/** What the catalog does with the job objects of domains that it does not hear of any more. */
interface JobObjects {
    /** Without job control there are none. */
    JobObjects NONE = new JobObjects() {
        @Override
        public void close(TargetId domain) {}

        @Override
        public boolean busy(TargetId domain) {
            return false;
        }
    };

    /** Refuses the jobs that wait on a target that is gone; those that run go on. */
    void close(TargetId domain);

    /** Returns whether a job runs on a target. */
    boolean busy(TargetId domain);

    static JobObjects of(JobControl control) {
        return new JobObjects() {
            @Override
            public void close(TargetId domain) {
                control.find(domain).ifPresent(JobObject::close);
            }

            @Override
            public boolean busy(TargetId domain) {
                // a closed one is not found by its name, and its jobs run on
                return control.objects().stream()
                        .anyMatch(info -> info.target().equals(domain) && runs(info));
            }
        };
    }

    private static boolean runs(JobObjectInfo info) {
        return !info.jobs().isEmpty()
                || info.agent().isPresent()
                || info.async().isPresent();
    }
}
