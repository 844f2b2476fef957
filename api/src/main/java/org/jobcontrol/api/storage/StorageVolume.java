package org.jobcontrol.api.storage;

import java.nio.file.Path;
import java.time.Duration;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A volume of a storage pool. Its operations begin their own jobs, as those of a pool do; each also
 * holds the pool, so that it is neither refreshed nor stopped meanwhile.
 */
@ProviderType
public interface StorageVolume {
    /**
     * Returns the volume's name, unique in its pool.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the volume's pool.
     *
     * @return the pool
     */
    StoragePool pool();

    /**
     * Returns where the volume is.
     *
     * @return the file
     */
    Path path();

    /**
     * Returns what was last seen of the volume; takes no job and does not wait.
     *
     * @return the values with the instant at which they were true
     */
    VolumeInfo info();

    /**
     * Returns the volume's job object.
     *
     * @return the job object, acting in the name of the bundle that this volume was given to
     */
    JobObject jobs();

    /**
     * Asks the driver how the volume is, under a QUERY job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the values of now
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    VolumeInfo query(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Makes a copy of this volume: a QUERY job here, which others may read beside, and an async job
     * on the new volume, begun together.
     *
     * @param pool the pool of the copy; may be another than this volume's
     * @param name the name of the copy
     * @param timeout how long to wait for the jobs; zero or less tries once
     * @return the copy; if aborted or failed, nothing is left of it
     * @throws IllegalArgumentException if the name is not one for a volume
     */
    JobFuture<StorageVolume> cloneTo(StoragePool pool, String name, Duration timeout);

    /**
     * Overwrites the volume with zeros, under an async job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when no data can be read from it; if aborted, part of it has been overwritten
     */
    JobFuture<Void> wipe(Duration timeout);

    /**
     * Overwrites the volume with zeros under a job that the caller holds.
     *
     * @param under a running async job on this volume
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; part of it has been overwritten
     * @throws InterruptedException if the thread is interrupted; likewise
     */
    void wipe(AsyncJob under) throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Deletes the volume, under a DESTROY job, and closes its job object.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void delete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Deletes the volume under a job that the caller holds, and closes its job object.
     *
     * @param under a running DESTROY job on this volume
     * @throws StorageException if the volume has vanished, or the driver fails
     */
    void delete(Job under) throws StorageException;
}
