package org.jobcontrol.core.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Of two that come to a free target one is in, and not both; nor neither. */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "one of them")
@Outcome(expect = FORBIDDEN, desc = "both, or neither")
public class AdmissionTest {
    /** Two jobs want to begin where one has ended. */
    @org.openjdk.jcstress.annotations.State
    public static class Free extends OneTarget {
        final JobHandle third = new JobHandle(object, second.type, "test", second.owner(), null);

        /** Ends the first job. */
        public Free() {
            first.close();
        }
    }

    /** Comes. */
    @Actor
    public void one(Free target, ZZ_Result result) {
        result.r1 = target.object.enter(target.second);
    }

    /** Comes too. */
    @Actor
    public void other(Free target, ZZ_Result result) {
        result.r2 = target.object.enter(target.third);
    }
}
