package org.jobcontrol.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.UUID;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.spi.PendingConnection;
import org.junit.jupiter.api.Test;

/** Nothing is defined with the simulator that was meant for a hypervisor. */
class PendingConnectionTest {
    private static final DomainSpec WEB = DomainSpec.of("web", 1 << 20);

    private final DomainCatalog catalog = new DomainCatalog();
    private final PendingConnection host = () -> "qemu:///system";

    @Test
    void define_whileAConnectionIsAway_isRefusedAndKeepsNoName() throws Exception {
        catalog.add(new TestDriver(1 << 20, 0), TestDriver.RANKING);
        catalog.addPending(host);
        assertThatThrownBy(() -> catalog.define(WEB))
                .isInstanceOfSatisfying(
                        DomainException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                .hasMessageContaining("qemu:///system is not connected");
        assertThat(catalog.records()).isEmpty();

        catalog.removePending(host);
        assertThat(catalog.define(WEB).driverName()).isEqualTo("test");
    }

    @Test
    void define_whileAnotherHypervisorIsThere_isDoneThere() throws Exception {
        catalog.add(new TestDriver(1 << 20, 0), 0);
        catalog.addPending(host);
        assertThat(catalog.define(WEB).spec()).isEqualTo(WEB);
    }

    @Test
    void define_ofLibvirtXml_isRefusedByTheSimulator() {
        catalog.add(new TestDriver(1 << 20, 0), TestDriver.RANKING);
        DomainSpec whole = new DomainSpec(
                "web", UUID.randomUUID(), 1 << 20, 1, Map.of(DomainSpec.XML, "<domain/>"));
        assertThatThrownBy(() -> catalog.define(whole)).hasMessageContaining("no libvirt XML");
        assertThat(catalog.records()).isEmpty();
    }
}
