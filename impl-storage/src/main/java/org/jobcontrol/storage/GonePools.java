package org.jobcontrol.storage;

import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.TargetId;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Closes the job objects of pools that vanish, and those of their volumes. Only wires. */
@Component(service = GonePools.class, immediate = true)
public final class GonePools {
    private final StorageCatalog catalog;

    /**
     * Connects the catalog to job control.
     *
     * @param catalog notices that a pool is gone
     * @param control has the job objects
     */
    @Activate
    public GonePools(
            @Reference(name = "catalog") StorageCatalog catalog,
            @Reference(name = "control") JobControl control) {
        this.catalog = catalog;
        catalog.whenGone(pool -> close(control, pool));
    }

    /** Refuses the jobs that wait on a pool or on its volumes; those that run go on. */
    static void close(JobControl control, TargetId pool) {
        for (JobObjectInfo object : control.objects()) {
            if (pool.equals(object.target().parent())) {
                control.find(object.target()).ifPresent(JobObject::close);
            }
        }
        control.find(pool).ifPresent(JobObject::close);
    }

    @Deactivate
    void stop() {
        catalog.whenGone(pool -> {});
    }
}
