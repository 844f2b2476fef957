package org.jobcontrol.core.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.jobcontrol.core.engine.EndMeetsWaiter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The invariants hold over a million admissions; ten million with {@code -Dstress.long=true}. That
 * this test can fail is shown by {@link MutantsTest}.
 */
@Tag("slow")
class StressTest {
    private static final long ADMISSIONS =
            Boolean.getBoolean("stress.long") ? 10_000_000 : 1_000_000;

    @Test
    @Timeout(3_000)
    void engine_underStress_keepsItsInvariants() throws InterruptedException {
        long seed = System.nanoTime();
        Stress stress = new Stress(seed);
        assertThat(stress.run(ADMISSIONS)).as("seed %d", seed).isEmpty();
        System.out.println(
                "stress: " + stress.admissions() + " admissions, nothing violated; seed " + seed);
    }

    @Test
    @Timeout(600)
    void end_thatMeetsAWaiter_letsItIn() throws Exception {
        assertThat(EndMeetsWaiter.violation(Stress.RACES / 5, System.nanoTime()))
                .isEmpty();
    }

    @Test
    @Timeout(600)
    void look_whileTurnsAreTaken_seesOneMoment() throws Exception {
        assertThat(TornLook.violation(Stress.LOOKS)).isEmpty();
    }

    @Test
    @Timeout(600)
    void history_whileItsBoundChanges_losesNothing() throws InterruptedException {
        assertThat(HistoryBound.violation()).isEmpty();
    }

    @Test
    void request_forTwoThings_hasOneDeadline() {
        assertThat(OneDeadline.violation()).isEmpty();
    }
}
