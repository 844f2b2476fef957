package org.jobcontrol.core.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a thread did before it ended a job is seen by the thread that begins the next. */
@JCStressTest
@Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "too early: the first job still runs")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the next owner sees everything")
@Outcome(expect = FORBIDDEN, desc = "the next owner misses something")
public class HandOffTest {
    /** What the owner of the target's job may write. */
    @org.openjdk.jcstress.annotations.State
    public static class Guarded extends OneTarget {
        int one;
        int other;
    }

    /** Writes and ends its job. */
    @Actor
    public void ends(Guarded target) {
        target.one = 1;
        target.other = 1;
        target.first.close();
    }

    /** Reads, if it gets in. */
    @Actor
    public void begins(Guarded target, II_Result result) {
        boolean in = target.object.enter(target.second);
        result.r1 = in ? target.other : -1;
        result.r2 = in ? target.one : -1;
    }
}
