package org.jobcontrol.core.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A job that was alone ends while somebody takes the lock to wait: one of them sees the other. */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "the job is settled")
@Outcome(id = "false", expect = FORBIDDEN, desc = "it has left, and a waiter would wait for ever")
public class EndMeetsWaiterTest {
    /** With what the second one made. */
    @org.openjdk.jcstress.annotations.State
    public static class Locked extends OneTarget {
        Admission admission;
    }

    /** Ends its job without a lock. */
    @Actor
    public void ends(Locked target) {
        target.first.close();
    }

    /** Makes the Admission that a waiter needs. */
    @Actor
    public void waits(Locked target) {
        target.admission = target.object.lock();
        target.object.unlock(target.admission);
    }

    /** Looks at the slots as they are: to lock again would settle the job. */
    @Arbiter
    public void look(Locked target, Z_Result result) {
        result.r1 = target.admission.slots.empty();
    }
}
