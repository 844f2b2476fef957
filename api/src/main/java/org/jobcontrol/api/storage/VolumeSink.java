package org.jobcontrol.api.storage;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.osgi.annotation.versioning.ConsumerType;

/** Where a driver takes what is uploaded into a volume. Used by one thread at a time. */
@ConsumerType
public interface VolumeSink extends WritableByteChannel {
    /**
     * Says that all was written: when this returns it is on disk. Closed without this, the volume is
     * left {@link VolumeState#PARTLY_WRITTEN}.
     *
     * @throws IOException if what was written could not be made durable
     */
    void complete() throws IOException;
}
