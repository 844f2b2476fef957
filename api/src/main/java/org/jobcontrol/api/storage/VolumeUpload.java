package org.jobcontrol.api.storage;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.jobcontrol.api.AsyncJob;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Writes into a volume, under a VOLUME_UPLOAD job that lasts until this is closed, the job is aborted,
 * or the bundle that opened it stops. {@link java.nio.channels.Channels#newOutputStream} makes a stream
 * of it. Used by one thread at a time; the job may be watched and aborted from any.
 */
@ProviderType
public interface VolumeUpload extends WritableByteChannel {
    /**
     * Returns the job that holds the volume.
     *
     * @return the job; its progress counts the bytes written
     */
    AsyncJob job();

    /**
     * Ends the upload. If as many bytes were written as were announced, they are on disk when this
     * returns; otherwise the job fails and the volume is {@link VolumeState#PARTLY_WRITTEN}.
     *
     * @throws IOException if bytes are missing, the last of them could not be written, or the job was
     *     aborted before
     */
    @Override
    void close() throws IOException;
}
