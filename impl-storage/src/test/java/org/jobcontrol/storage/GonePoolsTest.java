package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.core.TestLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pools that are undefined behind our back, while jobs run and wait on them. */
@Timeout(60)
class GonePoolsTest {
    private static final PoolSpec IMAGES =
            new PoolSpec("images", "elsewhere", Path.of("/images"), Map.of());

    private volatile List<PoolSpec> listed = List.of(IMAGES);

    /** A driver that lists pools, and can do nothing with them. */
    private StorageDriver driver() {
        InvocationHandler handler = (proxy, method, args) -> switch (method.getName()) {
            case "type", "toString" -> "elsewhere";
            case "list" -> listed;
            case "equals" -> proxy == args[0];
            case "hashCode" -> 1;
            default -> InvocationHandler.invokeDefault(proxy, method, args);
        };
        return (StorageDriver) Proxy.newProxyInstance(
                StorageDriver.class.getClassLoader(),
                new Class<?>[] {StorageDriver.class},
                handler);
    }

    @Test
    void list_withoutAPool_refusesWaitersOfIt() throws Exception {
        try (StorageFixture fixture = new StorageFixture(driver())) {
            StoragePool images = fixture.pools.find("images").orElseThrow();
            JobFuture<Job> waiter;
            try (Job held = images.jobs().begin(JobType.MODIFY, "held", StorageFixture.LONG)) {
                waiter = images.jobs().beginLater(JobType.MODIFY, "waits", StorageFixture.LONG);
                listed = List.of();
                assertThat(fixture.pools.list()).isEmpty();
                assertThatThrownBy(waiter::await)
                        .isInstanceOfSatisfying(
                                JobRefusedException.class,
                                refusal ->
                                        assertThat(refusal.reason()).isEqualTo(Reason.TARGET_GONE));
                assertThat(held.info().target().id()).isEqualTo("images");
            }
            listed = List.of(IMAGES);
            StoragePool again = fixture.pools.find("images").orElseThrow();
            assertThat(again.jobs().explain(JobType.MODIFY).admissible()).isTrue();
        }
    }

    @Test
    void list_withoutAPool_isLoggedOnceByName() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (AutoCloseable listening = TestLog.listen(line -> log.add(line.text()));
                StorageFixture fixture = new StorageFixture(driver())) {
            assertThat(fixture.pools.find("images")).isPresent();
            listed = List.of();
            assertThat(fixture.pools.list()).isEmpty();
            assertThat(fixture.pools.list()).isEmpty();
        }
        assertThat(log)
                .filteredOn(line -> line.contains("pool images is dropped"))
                .singleElement()
                .asString()
                .contains("the driver for type 'elsewhere' lists it no more");
    }
}
