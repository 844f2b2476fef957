package org.jobcontrol.core;

import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.spi.JobControls;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Registers {@link JobControl}, one for each bundle that asks. Apart from {@link CoreComponent}: whoever
 * waits for {@code JobControl} is started by the registration, in the same thread, and may want the
 * core's other services at once, which must be there by then.
 */
@Component(service = {})
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.jobcontrol.api.JobControl\"")
public final class JobControlFactory implements ServiceFactory<JobControl> {
    private final JobControls controls;
    private final ServiceRegistration<JobControl> registration;

    /**
     * Registers the service.
     *
     * @param context the core's own bundle
     * @param controls gives each bundle its own
     */
    @Activate
    public JobControlFactory(
            BundleContext context, @Reference(name = "controls") JobControls controls) {
        this.controls = controls;
        this.registration = context.registerService(JobControl.class, this, null);
    }

    @Deactivate
    void stop() {
        registration.unregister();
    }

    @Override
    public JobControl getService(Bundle bundle, ServiceRegistration<JobControl> service) {
        return controls.forBundle(bundle);
    }

    @Override
    public void ungetService(
            Bundle bundle, ServiceRegistration<JobControl> service, JobControl control) {
        // A bundle may do without the service for a moment and keep its jobs.
    }
}
