package org.jobcontrol.api.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A storage pool. Its operations begin their own jobs; each takes the time it may wait for its job.
 * Those that last return at once and are watched and aborted through their future; the overloads
 * that take a job work under it, in this thread.
 */
@ProviderType
public interface StoragePool {
    /**
     * Returns the pool's name, unique on the host.
     *
     * @return the name
     */
    String name();

    /**
     * Returns what the pool was defined as.
     *
     * @return its type and place
     */
    PoolSpec spec();

    /**
     * Returns the state last seen; takes no job and does not wait.
     *
     * @return the state
     */
    PoolState state();

    /**
     * Returns what was last seen of the pool; takes no job and does not wait.
     *
     * @return the values with the instant at which they were true
     */
    PoolInfo info();

    /**
     * Returns the pool's job object.
     *
     * @return the job object, acting in the name of the bundle that this pool was given to
     */
    JobObject jobs();

    /**
     * Returns the volumes that were there when the pool was last started or refreshed, and those
     * made since. Takes no job and does not wait.
     *
     * @return the volumes, by name; none if the pool is not active
     */
    List<StorageVolume> volumes();

    /**
     * Returns a volume.
     *
     * @param name its name
     * @return the volume, or empty if there is none
     */
    Optional<StorageVolume> volume(String name);

    /**
     * Asks the driver how the pool is, under a QUERY job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the values of now
     * @throws StorageException if the pool is not active, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    PoolInfo query(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Makes the pool's place, such as its directory, under an async job. The pool must not be active.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the pool can be started
     */
    JobFuture<Void> build(Duration timeout);

    /**
     * Makes the pool's volumes available, under an async job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the pool is active
     */
    JobFuture<Void> start(Duration timeout);

    /**
     * Makes the pool's volumes available under a job that the caller holds.
     *
     * @param under a running async job on this pool
     * @throws StorageException if it is active, its place is missing, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; the pool is inactive
     * @throws InterruptedException if the thread is interrupted; the pool is inactive
     */
    void start(AsyncJob under) throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Stops the pool, under a DESTROY job: waits for all work on its volumes, and touches none of
     * their data.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws StorageException if the pool is not active, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void stop(Duration timeout) throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Stops the pool though work goes on with its volumes: asks that to abort, then waits for its end.
     *
     * @param timeout how long to wait for the DESTROY job, once the others were asked
     * @return the jobs that were asked to abort
     * @throws StorageException if the pool is not active, or the driver fails
     * @throws JobRefusedException if the others did not end in time, or cannot be aborted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    List<JobInfo> forceStop(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Removes the place of a pool that is not active, under a DESTROY job. What is in it that is no
     * volume of this pool stays, and then this fails. The pool stays defined.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws StorageException if the pool is active, there are volumes in it, or the driver fails
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void delete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Reads the pool's list of volumes anew, under an async job.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @return done when the list is that of now
     */
    JobFuture<Void> refresh(Duration timeout);

    /**
     * Reads the pool's list of volumes anew under a job that the caller holds.
     *
     * @param under a running async job on this pool
     * @throws StorageException if the pool is not active, its place is missing, or the driver fails
     * @throws JobAbortedException if the job was asked to abort; the list is the old one
     * @throws InterruptedException if the thread is interrupted; likewise
     */
    void refresh(AsyncJob under) throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Makes a volume, under an async job on it.
     *
     * @param spec what it is to be
     * @param timeout how long to wait for the job; zero or less tries once
     * @return the volume; if aborted or failed, nothing is left of it
     */
    JobFuture<StorageVolume> create(VolumeSpec spec, Duration timeout);

    /**
     * Makes a volume under a job of this pool that the caller holds, in this thread.
     *
     * @param spec what it is to be
     * @param under a running MODIFY or async job on this pool
     * @return the volume
     * @throws StorageException if there is one with that name, the disk is full, or the driver fails;
     *     nothing is left of it
     * @throws JobRefusedException if the volume's own job was not admitted
     * @throws JobAbortedException if the volume's job was asked to abort; nothing is left of it
     * @throws InterruptedException if the thread is interrupted; nothing is left of it
     */
    StorageVolume create(VolumeSpec spec, Job under)
            throws StorageException, JobRefusedException, JobAbortedException, InterruptedException;

    /**
     * Forgets a pool that is not active, under a MODIFY job, and closes its job object and those of
     * its volumes. No data is touched.
     *
     * @param timeout how long to wait for the job; zero or less tries once
     * @throws StorageException if the pool is active
     * @throws JobRefusedException if the job was not admitted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void undefine(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException;

    /**
     * Returns the place of the pool.
     *
     * @return the directory; the same as {@code spec().path()}
     */
    default Path path() {
        return spec().path();
    }
}
