package org.jobcontrol.core.journal;

import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobState;

/** What a process that will be killed says about its jobs, line by line, to {@link Lives}. */
public final class Teller {
    private Teller() {}

    /** Says something of a job; when nobody listens any more, nobody will kill this, and it ends. */
    public static synchronized void say(String what, long id, Object more) {
        System.out.println(what + " " + id + " " + more);
        if (System.out.checkError()) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** Says how long the start took, and which jobs are to be recovered; before any adapter is there. */
    public static void started(JobControl control, long sinceNanos) {
        say("millis", (System.nanoTime() - sinceNanos) / 1_000_000, "");
        for (JobInfo job : jobs(control)) {
            if (job.state() == JobState.RECOVERING) {
                say("recovers", job.id(), job.operation());
            }
        }
    }

    /**
     * Waits until all is recovered, says how every job ended that is remembered, and waits until somebody
     * has looked at that.
     */
    public static void recovered(JobControl control) throws Exception {
        for (JobInfo job : jobs(control)) {
            control.ended(job.id()).toCompletableFuture().get();
        }
        for (JobInfo job : control.history(Integer.MAX_VALUE)) {
            say("history", job.id(), job.outcome().orElseThrow());
        }
        say("ready", 0, "");
        if (System.in.read() < 0) {
            Runtime.getRuntime().halt(1);
        }
    }

    private static List<JobInfo> jobs(JobControl control) {
        List<JobInfo> jobs = new ArrayList<>();
        for (JobObjectInfo object : control.objects()) {
            jobs.addAll(object.jobs());
            object.async().ifPresent(jobs::add);
        }
        return jobs;
    }
}
