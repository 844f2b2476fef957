package org.jobcontrol.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.junit.jupiter.api.Test;

/** A domain that two drivers list, as a migration leaves it. */
class TwoDriversTest {
    private static final DomainSpec WEB =
            new DomainSpec("web", new UUID(0, 1), 1 << 20, 1, Map.of());

    private final DomainCatalog catalog = new DomainCatalog();
    private final AtomicReference<DomainState> here = new AtomicReference<>(DomainState.RUNNING);
    private final AtomicReference<DomainState> there = new AtomicReference<>(DomainState.SHUTOFF);

    private static DomainDriver driver(String name, AtomicReference<DomainState> state) {
        InvocationHandler handler = (proxy, method, args) -> switch (method.getName()) {
            case "name", "toString" -> name;
            case "list" -> List.of(WEB);
            case "info" -> new DomainInfo(state.get(), 1 << 20, 1 << 20, 1, Instant.EPOCH);
            case "equals" -> proxy == args[0];
            case "hashCode" -> name.hashCode();
            default -> InvocationHandler.invokeDefault(proxy, method, args);
        };
        return (DomainDriver) Proxy.newProxyInstance(
                DomainDriver.class.getClassLoader(), new Class<?>[] {DomainDriver.class}, handler);
    }

    @Test
    void record_ofADomainThatRunsElsewhereNow_isOfThatDriver() {
        catalog.add(driver("host-a", here), 0);
        catalog.add(driver("host-b", there), 0);
        DomainRecord web = catalog.record("web").orElseThrow();
        assertThat(web.driverName()).isEqualTo("host-a");

        here.set(DomainState.SHUTOFF);
        there.set(DomainState.RUNNING);
        assertThat(catalog.record("web")).contains(web);
        assertThat(web.driverName()).isEqualTo("host-b");
        assertThat(web.info().state()).isEqualTo(DomainState.RUNNING);

        here.set(DomainState.RUNNING);
        there.set(DomainState.SHUTOFF);
        assertThat(catalog.records()).containsExactly(web);
        assertThat(web.driverName()).isEqualTo("host-a");
    }

    @Test
    void driverStates_ofAConnectionThatIsAway_areShown() {
        catalog.add(driver("host-a", here), 0);
        catalog.addPending(() -> "host-b");
        assertThat(catalog.driverStates())
                .containsExactly(Map.entry("host-a", true), Map.entry("host-b", false));
    }
}
