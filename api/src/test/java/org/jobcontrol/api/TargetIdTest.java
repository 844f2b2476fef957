package org.jobcontrol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetIdTest {
    private static final TargetId POOL = TargetId.of("pool", "images");

    @Test
    void order_parentsFirstThenByKindAndId() {
        TargetId domain = TargetId.of("domain", "zz");
        TargetId other = TargetId.of("pool", "backup");
        TargetId volume = new TargetId("volume", "a.img", POOL);
        TargetId sameName = new TargetId("volume", "a.img", other);
        TargetId last = new TargetId("volume", "b.img", other);
        List<TargetId> sorted =
                new ArrayList<>(List.of(last, volume, POOL, sameName, other, domain));
        Collections.sort(sorted);
        assertThat(sorted).containsExactly(domain, other, POOL, sameName, volume, last);
    }

    @Test
    void toString_isWhatPeopleRead() {
        assertThat(POOL).hasToString("pool images");
        assertThat(new TargetId("volume", "a.img", POOL)).hasToString("volume images/a.img");
    }

    @Test
    @SuppressWarnings("NullAway") // that is what the test is about
    void badInput_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetId.of(" ", "a"))
                .withMessage("blank kind or id: ' ', 'a'");
        assertThatIllegalArgumentException().isThrownBy(() -> TargetId.of("pool", ""));
        assertThatNullPointerException().isThrownBy(() -> TargetId.of(null, "a"));
        assertThatNullPointerException().isThrownBy(() -> TargetId.of("pool", null));
    }
}
