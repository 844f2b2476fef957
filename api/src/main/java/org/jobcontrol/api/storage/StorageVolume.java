package org.jobcontrol.api.storage;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
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
     * @return the copy; if aborted or failed, nothing is left of it. Fails with reason UNSAFE if this
     *     volume must not be opened as an image, and with IN_USE if a guest writes to it
     * @throws IllegalArgumentException if the name is not one for a volume
     */
    JobFuture<StorageVolume> cloneTo(StoragePool pool, String name, Duration timeout);

    /**
     * Makes a copy of this volume in another format, likewise.
     *
     * @param pool the pool of the copy; may be another than this volume's
     * @param copy what the copy is to be; as large as this volume, whatever its capacity says
     * @param timeout how long to wait for the jobs; zero or less tries once
     * @return the copy; if aborted or failed, nothing is left of it
     */
    JobFuture<StorageVolume> cloneTo(StoragePool pool, VolumeSpec copy, Duration timeout);

    /**
     * Makes the volume larger, under an async job. What is added reads as zeros and takes no space.
     *
     * @param capacity how large it is to look, in bytes
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when it is so large; fails with INVALID_STATE if it is larger already
     */
    JobFuture<Void> resize(long capacity, Duration timeout);

    /**
     * Makes the volume larger or smaller, under an async job. What is cut off is lost.
     *
     * @param capacity how large it is to look, in bytes
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when it is so large
     */
    JobFuture<Void> shrink(long capacity, Duration timeout);

    /**
     * Overwrites the volume, under an async job.
     *
     * @param algorithm with what, and how often
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when all of it is overwritten; if aborted or failed, the volume is {@link
     *     VolumeState#PARTLY_WIPED}
     */
    JobFuture<Void> wipe(WipeAlgorithm algorithm, Duration timeout);

    /**
     * Overwrites the volume with zeros, once.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return as of {@link #wipe(WipeAlgorithm, Duration)}
     */
    default JobFuture<Void> wipe(Duration timeout) {
        return wipe(WipeAlgorithm.ZERO, timeout);
    }

    /**
     * Opens the volume to be written into, under an async job that lasts until the upload is closed.
     *
     * @param offset where to begin, in bytes
     * @param length how many bytes will be written
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the open upload
     * @throws IllegalArgumentException if a number is negative
     * @throws StorageException if the volume has vanished or is smaller, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    VolumeUpload openUpload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Fills the volume from its begin with all that a stream gives, under an async job. The volume keeps
     * its format: to upload a qcow2 image, create the volume as qcow2.
     *
     * @param from the stream; it is read in the background, and not closed
     * @param timeout how long to wait for the job; zero or less tries once
     * @return how many bytes there were
     */
    JobFuture<Long> upload(InputStream from, Duration timeout);

    /**
     * Does the same with a stream whose length is known. The progress counts up to that length and not
     * to the capacity of the volume, and a length that does not fit fails the job before anything is
     * overwritten. A stream that gives fewer or more bytes is taken as it is.
     *
     * @param from the stream; it is read in the background, and not closed
     * @param length how many bytes the stream gives
     * @param timeout how long to wait for the job; zero or less tries once
     * @return how many bytes there were
     * @throws IllegalArgumentException if the length is negative
     */
    JobFuture<Long> upload(InputStream from, long length, Duration timeout);

    /**
     * Opens the volume to be read, under a QUERY job that lasts until the download is closed.
     *
     * @param offset where to begin, in bytes
     * @param length how many bytes to read; they end earlier if the volume does, and there are none
     *     if it ends before the offset
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the open download
     * @throws IllegalArgumentException if a number is negative
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    VolumeDownload openDownload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Writes all of the volume into a stream, under a QUERY job.
     *
     * @param to the stream; it is written in the background, and neither flushed nor closed
     * @param timeout how long to wait for the job; zero or less tries once
     * @return how many bytes there were
     */
    JobFuture<Long> download(OutputStream to, Duration timeout);

    /**
     * Overwrites the volume under a job that the caller holds.
     *
     * @param algorithm with what, and how often
     * @param under a running async job on this volume
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; part of it has been overwritten
     * @throws InterruptedException if the thread is interrupted; likewise
     */
    void wipe(WipeAlgorithm algorithm, AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Overwrites the volume with zeros, once, under a job that the caller holds.
     *
     * @param under a running async job on this volume
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; part of it has been overwritten
     * @throws InterruptedException if the thread is interrupted; likewise
     */
    default void wipe(AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException {
        wipe(WipeAlgorithm.ZERO, under);
    }

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
     * Deletes the volume though work goes on with it: asks that to abort, then waits for its end.
     *
     * @param timeout how long to wait for the DESTROY job, once the others were asked
     * @return the jobs that were asked to abort
     * @throws StorageException if the volume has vanished, or the driver fails
     * @throws JobRefusedException if the others did not end in time, or cannot be aborted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    List<JobInfo> forceDelete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Deletes the volume under a job that the caller holds, and closes its job object.
     *
     * @param under a running DESTROY job on this volume
     * @throws StorageException if the volume has vanished, or the driver fails
     */
    void delete(Job under) throws StorageException;
}
