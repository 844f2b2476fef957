package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.openjdk.jcstress.annotations.State;

/** A job object on which one job runs, and another that wants to. All have one engine. */
@State
public class OneTarget {
    private static final Rules RULES = new Rules(
            new JobEngine(EngineClock.system(), Settings.DEFAULTS), AdmissionPolicy.LIBVIRT);
    private static final TargetId TARGET = TargetId.of("domain", "one");
    private static final Owner OWNER = new Owner("jcstress", "jcstress", 1);

    final CoreJobObject object = new CoreJobObject(TARGET, RULES, null);
    final JobHandle first = job();
    final JobHandle second = job();

    /** Begins the first job. */
    public OneTarget() {
        object.enter(first);
    }

    private JobHandle job() {
        return new JobHandle(object, JobType.MODIFY, "test", OWNER, null);
    }
}
