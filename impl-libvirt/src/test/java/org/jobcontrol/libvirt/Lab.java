package org.jobcontrol.libvirt;

import java.util.Optional;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.domain.Wiring;

/** Job control on a libvirt, wired as a framework would do it. */
final class Lab implements AutoCloseable {
    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final Wiring wiring = new Wiring(engine);
    private final EventLoop loop;
    private final Hypervisor hypervisor;
    private final LibvirtDomains driver;

    Lab(String uri) throws Exception {
        Libvirt libvirt = Libvirt.load();
        loop = EventLoop.start(libvirt);
        hypervisor = Hypervisor.connect(libvirt, uri);
        Domains ofTheDriver = wiring.domains(engine.control("org.jobcontrol.libvirt"));
        driver = new LibvirtDomains(hypervisor, () -> Optional.of(ofTheDriver));
        wiring.add(driver);
        driver.follow(1_000);
    }

    JobControl control() {
        return engine.control("com.acme.test");
    }

    JobAdmin admin() {
        return engine.admin();
    }

    Domains domains() {
        return wiring.domains(control());
    }

    Hypervisor hypervisor() {
        return hypervisor;
    }

    JobInfo ended(JobFuture<?> future) {
        return control().ended(future.id()).toCompletableFuture().join();
    }

    @Override
    public void close() {
        wiring.remove(driver);
        driver.stop();
        hypervisor.close();
        loop.close();
        engine.close();
    }
}
