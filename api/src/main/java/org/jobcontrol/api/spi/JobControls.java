package org.jobcontrol.api.spi;

import org.jobcontrol.api.JobControl;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/**
 * Gives a {@link JobControl} that acts in the name of another bundle. For services that begin jobs
 * for their users: a clone that com.acme.backup asked for says so, and is cleaned up with it.
 */
@ProviderType
public interface JobControls {
    /**
     * Returns the job control of a bundle.
     *
     * @param bundle the bundle in whose name jobs will run
     * @return its job control
     */
    JobControl forBundle(Bundle bundle);

    /**
     * Has those interrupted jobs recovered that had to wait: somebody came whom their recovery needs, such
     * as the driver of their targets. Does not wait for it.
     *
     * @param kind the kind of the targets
     */
    void recover(String kind);
}
