package org.jobcontrol.api.storage;

import java.nio.channels.ReadableByteChannel;
import org.jobcontrol.api.Job;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads from a volume, under a QUERY job that lasts until this is closed, the job is aborted, or the
 * bundle that opened it stops. {@link java.nio.channels.Channels#newInputStream} makes a stream of it.
 * Used by one thread at a time; the job may be watched and aborted from any.
 */
@ProviderType
public interface VolumeDownload extends ReadableByteChannel {
    /**
     * Returns the job that holds the volume.
     *
     * @return the job; its progress counts the bytes read
     */
    Job job();
}
