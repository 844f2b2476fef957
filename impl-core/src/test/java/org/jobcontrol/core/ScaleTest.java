package org.jobcontrol.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.Test;

/** Targets come and go by the million, and leave nothing. */
class ScaleTest {
    private static final int MANY = 1_000_000;
    private static final long NOTHING = 8 << 20;

    @Test
    void jobObjects_madeAndClosed_leaveTheHeapAsItWas() throws Exception {
        try (JobEngine engine = new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, null, type -> JobEngine.NO_BUNDLE)) {
            Target.addAdapters(engine);
            JobControl control = engine.control("scale", 1);
            useAndClose(control, 10_000);
            long before = heap();
            useAndClose(control, MANY);
            assertThat(control.objects()).isEmpty();
            assertThat(heap() - before).isLessThan(NOTHING);
        }
    }

    private static void useAndClose(JobControl control, int targets) throws Exception {
        for (int i = 0; i < targets; i++) {
            JobObject object = control.of(Target.domain("vm-" + i));
            object.begin(JobType.MODIFY, "scale", Duration.ZERO).close();
            object.close();
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
