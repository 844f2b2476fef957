package org.jobcontrol.app;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Duration;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.StoragePools;
import org.jobcontrol.shell.text.Units;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says on standard output that every service is there, and how long that took. */
@Component(
        service = {},
        immediate = true)
public final class Greeting {
    /**
     * Greets; not if the demo was asked for.
     *
     * @param domains a service without which jobcontrol is not up
     * @param pools likewise
     * @param control likewise
     * @param context tells whether the demo was asked for
     */
    @Activate
    public Greeting(
            @Reference(name = "domains") Domains domains,
            @Reference(name = "pools") StoragePools pools,
            @Reference(name = "control") JobControl control,
            BundleContext context) {
        if (!DemoSwitch.isOn(context)) {
            RuntimeMXBean machine = ManagementFactory.getRuntimeMXBean();
            Duration took = Duration.ofMillis(machine.getUptime());
            System.out.println(
                    "jobcontrol is up in " + Units.time(took) + "; jobctl:help lists the commands");
        }
    }
}
