package org.jobcontrol.api.storage;

import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Does the work on storage pools of one type, and on their volumes: a service. Every method is called
 * under the job that its operation needs, which is handed over so that the driver can report
 * progress, stop when asked to, and refuse late work by {@link Job#fence()}. Only {@link
 * #type}, {@link #define}, {@link #list}, {@link #info}, {@link #volumes},
 * {@link #abort} and {@link #progress} are called without one, and must not wait for work that runs.
 *
 * <p>Methods may be called by many threads at once.
 */
@ConsumerType
public interface StorageDriver {
    /**
     * Returns the type of pool this driver is for.
     *
     * @return the type, such as {@code dir}
     */
    String type();

    /**
     * Returns the pools of this driver's type that exist now: each one for which {@link #define} has
     * returned, from then on until it is undefined, and those that others have made. A pool that was
     * there and is missing from the list counts as gone: that is logged, its job object and those of its
     * volumes are closed, and its name is free. A driver that cannot tell, or not about all, such as
     * while its connection is down, must throw instead: then all pools stay that are known.
     *
     * @return what each was defined as, active or not
     * @throws StorageException if the driver cannot tell
     */
    List<PoolSpec> list() throws StorageException;

    /**
     * Returns how a pool is that others start and stop too, without waiting for work that runs.
     *
     * @param pool the pool
     * @return the values last seen; empty if nobody else starts it, and it is as it was left here
     */
    default Optional<PoolInfo> info(PoolSpec pool) {
        return Optional.empty();
    }

    /**
     * Returns the volumes of a pool that somebody else has started, without waiting for work that runs.
     *
     * @param pool the pool
     * @return the volumes last seen
     */
    default List<VolumeInfo> volumes(PoolSpec pool) {
        return List.of();
    }

    /**
     * Defines a pool.
     *
     * @param pool what it is to be
     * @throws StorageException if that is not possible
     */
    void define(PoolSpec pool) throws StorageException;

    /**
     * Forgets a pool.
     *
     * @param pool the pool
     * @param job the MODIFY job
     * @throws StorageException if that is not possible
     */
    void undefine(PoolSpec pool, Job job) throws StorageException;

    /**
     * Makes a pool's place.
     *
     * @param pool the pool, which is not active
     * @param job the POOL_BUILD job
     * @throws StorageException if that is not possible; UNSUPPORTED unless a driver can do it
     */
    default void build(PoolSpec pool, AsyncJob job) throws StorageException {
        throw StorageException.unsupported(this, pool, null, "make a place for a pool");
    }

    /**
     * Removes a pool's place.
     *
     * @param pool the pool, which is not active
     * @param job the DESTROY job
     * @throws StorageException if there is something in it; UNSUPPORTED unless a driver can do it
     */
    default void delete(PoolSpec pool, Job job) throws StorageException {
        throw StorageException.unsupported(this, pool, null, "remove the place of a pool");
    }

    /**
     * Makes a pool's volumes available.
     *
     * @param pool the pool
     * @param job the POOL_START job
     * @throws StorageException if its place is missing, or is none
     * @throws JobAbortedException if the job was asked to abort; the pool is inactive
     * @throws InterruptedException if the thread is interrupted; the pool is inactive
     */
    void start(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Makes a pool's volumes unavailable.
     *
     * @param pool the pool
     * @param job the DESTROY job
     * @throws StorageException if that is not possible
     */
    void stop(PoolSpec pool, Job job) throws StorageException;

    /**
     * Asks how an active pool is.
     *
     * @param pool the pool
     * @param job the QUERY job, or the one that starts or refreshes the pool
     * @return the values of now
     * @throws StorageException if its place is missing
     */
    PoolInfo query(PoolSpec pool, Job job) throws StorageException;

    /**
     * Returns the volumes that are there now.
     *
     * @param pool the pool
     * @param job the job that starts or refreshes the pool
     * @return the volumes
     * @throws StorageException if the pool's place is missing
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    List<VolumeInfo> scan(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Makes a volume. Nothing is left of it if this fails.
     *
     * @param pool the pool
     * @param volume what it is to be
     * @param job the VOLUME_CREATE job
     * @return how it is
     * @throws StorageException with reason EXISTS, NO_SPACE, UNSUPPORTED or IO
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Makes a volume as a copy of another, as large. Nothing is left of it if this fails.
     *
     * @param from the pool of the source
     * @param source the source's name
     * @param to the pool of the copy, of this driver's type as well
     * @param copy what the copy is to be; its capacity means nothing
     * @param job the VOLUME_CLONE job
     * @return how the copy is
     * @throws StorageException with reason NOT_FOUND, EXISTS, NO_SPACE or IO
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Overwrites a volume.
     *
     * @param pool the pool
     * @param volume its name
     * @param algorithm with what, and how often
     * @param job the VOLUME_WIPE job
     * @throws StorageException with reason NOT_FOUND or IO
     * @throws JobAbortedException if the job was asked to abort; part of it has been overwritten
     * @throws InterruptedException if the thread is interrupted; likewise
     */
    void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException;

    /**
     * Changes how large a volume looks.
     *
     * @param pool the pool
     * @param volume its name
     * @param capacity how large it is to look, in bytes; less than now if the user asked for that
     * @param job the VOLUME_RESIZE job
     * @return how it is
     * @throws StorageException with reason NOT_FOUND, NO_SPACE or IO; UNSUPPORTED unless a driver can
     *     do it
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    default VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        throw StorageException.unsupported(this, pool, volume, "resize a volume");
    }

    /**
     * Opens a volume to be written into. The job is asked before and after each block, so the channel
     * only has to write.
     *
     * @param pool the pool
     * @param volume its name
     * @param offset where to begin, in bytes
     * @param job the VOLUME_UPLOAD job
     * @return what takes the bytes
     * @throws StorageException with reason NOT_FOUND or IO; UNSUPPORTED unless a driver can do it
     */
    default VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        throw StorageException.unsupported(this, pool, volume, "take an upload");
    }

    /**
     * Opens a volume to be read, as {@link #openSink} opens it to be written into. What is read is the
     * file, not what an image in it stands for.
     *
     * @param pool the pool
     * @param volume its name
     * @param offset where to begin, in bytes; behind the end there is nothing to read, which is no
     *     error
     * @param job the QUERY job
     * @return what gives the bytes, from the offset on. A {@link java.nio.channels.SeekableByteChannel}
     *     tells by {@code size()} how many bytes the volume has, those before the offset included; it
     *     is only read, and an end before that is an error. Another channel is read to its end
     * @throws StorageException with reason NOT_FOUND or IO; UNSUPPORTED unless a driver can do it
     */
    default ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        throw StorageException.unsupported(this, pool, volume, "give a download");
    }

    /**
     * Deletes a volume.
     *
     * @param pool the pool
     * @param volume its name
     * @param job the DESTROY job
     * @throws StorageException with reason NOT_FOUND or IO
     */
    void delete(PoolSpec pool, String volume, Job job) throws StorageException;

    /**
     * Asks how a volume is.
     *
     * @param pool the pool
     * @param volume its name
     * @param job the QUERY job
     * @return the values of now
     * @throws StorageException with reason NOT_FOUND or IO
     */
    VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException;

    /**
     * Cleans up after a job on a pool that a crash interrupted. Nobody else has a job on it meanwhile.
     *
     * @param pool the pool
     * @param job the interrupted job
     * @return what became of it
     * @throws StorageException if it cannot be cleaned up now
     */
    default Recovery recover(PoolSpec pool, InterruptedJob job) throws StorageException {
        return Recovery.ended(JobOutcome.ORPHANED, "the driver recovers no jobs");
    }

    /**
     * Cleans up after a job on a volume that a crash interrupted. Nobody else has a job on it meanwhile;
     * the pool need not be active.
     *
     * @param pool the pool
     * @param volume its name
     * @param job the interrupted job
     * @return what became of it
     * @throws StorageException if it cannot be cleaned up now
     */
    default Recovery recover(PoolSpec pool, String volume, InterruptedJob job)
            throws StorageException {
        return Recovery.ended(JobOutcome.ORPHANED, "the driver recovers no jobs");
    }

    /**
     * Passes an abort on, without waiting for the job's end.
     *
     * @param target the pool or volume
     * @param job the running job
     */
    default void abort(TargetId target, JobInfo job) {}

    /**
     * Asks how far a job has got. Must not block.
     *
     * @param target the pool or volume
     * @param job the running job
     * @return the progress, or empty if only the job itself knows
     */
    default Optional<Progress> progress(TargetId target, JobInfo job) {
        return Optional.empty();
    }
}
