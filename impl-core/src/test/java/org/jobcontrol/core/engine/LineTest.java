package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.core.VirtualClock;
import org.junit.jupiter.api.Test;

/** The position of a place in a line is right, whoever has left before. */
class LineTest {
    private static final CoreJobObject OBJECT = new CoreJobObject(
            TargetId.of("pool", "images"),
            new Rules(
                    new JobEngine(new VirtualClock(), Settings.DEFAULTS),
                    AdmissionPolicy.STORAGE_POOL),
            null);
    private static final Owner OWNER = new Owner("test", "test", 1);

    @Test
    void before_whilePlacesComeAndGo_isTheirNumber() {
        Random random = new Random(7);
        Line line = new Line();
        List<Line.Place> places = new ArrayList<>();
        long arrival = 0;
        for (int i = 0; i < 20_000; i++) {
            if (places.isEmpty() || random.nextInt(100) < (i < 10_000 ? 70 : 30)) {
                arrival += 1 + random.nextInt(100);
                places.add(line.add(hold(), arrival));
            } else {
                line.remove(places.remove(random.nextInt(places.size())));
            }
            if (!places.isEmpty()) {
                int index = random.nextInt(places.size());
                assertThat(line.before(places.get(index))).isEqualTo(index);
            }
        }
        assertThat(line.list())
                .isEqualTo(places.stream().map(place -> place.hold).toList());
    }

    private static Hold hold() {
        JobHandle job = new JobHandle(OBJECT, JobType.QUERY, "test", OWNER, null);
        return new Intention(OBJECT, job);
    }
}
