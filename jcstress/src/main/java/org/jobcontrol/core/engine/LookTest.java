package org.jobcontrol.core.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.L_Result;

/** A look shows a state that was: the first job, nobody, or the second job. */
@JCStressTest
@Outcome(
        id = {"first", "nobody", "second"},
        expect = ACCEPTABLE,
        desc = "one of the three states")
@Outcome(expect = FORBIDDEN, desc = "a state that never was")
public class LookTest {
    /** Ends one job and begins the next. */
    @Actor
    public void works(OneTarget target) {
        target.first.close();
        target.object.enter(target.second);
    }

    /** Looks at the job object. */
    @Actor
    public void looks(OneTarget target, L_Result result) {
        List<JobInfo> jobs = target.object.snapshot().jobs();
        if (jobs.isEmpty()) {
            result.r1 = "nobody";
            return;
        }
        JobInfo job = jobs.get(0);
        boolean runs = jobs.size() == 1 && job.state() == JobState.RUNNING;
        boolean known = job.id() == target.first.id || job.id() > target.first.id;
        String which = job.id() == target.first.id ? "first" : "second";
        result.r1 = runs && known ? which : jobs.toString();
    }
}
