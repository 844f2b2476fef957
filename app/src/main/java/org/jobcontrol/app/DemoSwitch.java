package org.jobcontrol.app;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Turns the demo on if the property {@code jobcontrol.demo} asks for it. */
@Component(service = {})
public final class DemoSwitch {
    /**
     * Turns the demo on, or leaves it off.
     *
     * @param component where the property is and whose bundle the demo is in
     */
    @Activate
    public DemoSwitch(ComponentContext component) {
        if (isOn(component.getBundleContext())) {
            component.enableComponent(Demo.NAME);
        }
    }

    static boolean isOn(BundleContext context) {
        return Boolean.parseBoolean(context.getProperty("jobcontrol.demo"));
    }
}
