package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import org.jobcontrol.api.spi.PendingConnection;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.junit.jupiter.api.Test;

/** Whose a new pool is for which the user names no driver. */
class DefaultTypeTest {
    private static final int BUILT_IN = -1000;

    private final StorageCatalog catalog = new StorageCatalog();
    private final PendingConnection host = () -> "qemu:///system";

    private static StorageDriver driver(String type) {
        return (StorageDriver) Proxy.newProxyInstance(
                StorageDriver.class.getClassLoader(),
                new Class<?>[] {StorageDriver.class},
                (proxy, method, args) -> method.getName().equals("type") ? type : null);
    }

    @Test
    void defaultType_withAHypervisor_isTheHypervisors() throws Exception {
        catalog.add(driver(PoolSpec.DIRECTORY), BUILT_IN);
        catalog.add(driver("qemu:///system"), 0);
        assertThat(catalog.defaultType("images")).isEqualTo("qemu:///system");
    }

    @Test
    void defaultType_withoutAConfiguredHypervisor_isTheLocalDirectory() throws Exception {
        catalog.add(driver(PoolSpec.DIRECTORY), BUILT_IN);
        assertThat(catalog.defaultType("images")).isEqualTo(PoolSpec.DIRECTORY);
    }

    @Test
    void defaultType_whileTheHypervisorIsAway_isRefused() {
        catalog.add(driver(PoolSpec.DIRECTORY), BUILT_IN);
        catalog.addPending(host);
        assertThatThrownBy(() -> catalog.defaultType("images"))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                .hasMessageContaining("images")
                .hasMessageContaining("qemu:///system is not connected");
    }
}
