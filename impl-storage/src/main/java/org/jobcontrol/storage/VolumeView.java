package org.jobcontrol.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeDownload;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeUpload;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume as one user has it: jobs in that user's name. Equal to every other view of the same
 * target. What may have changed in a wait is looked at in libvirt's order: whether the pool is
 * active, then whether the volume exists.
 */
final class VolumeView implements StorageVolume {
    private static final Logger log = LoggerFactory.getLogger(VolumeView.class);

    private static final String NO_SPACE = "No space left on device";

    private final PoolView pool;
    private final String name;
    private final TargetId target;

    /** What the view answers with when its volume is gone. */
    private volatile VolumeInfo last;

    /** As in {@link PoolView}. */
    private volatile @Nullable JobObject jobs;

    VolumeView(VolumeInfo seen, PoolView pool) {
        this.pool = pool;
        this.name = seen.name();
        this.target = VolumeAdapter.target(pool.record().target(), name);
        this.last = seen;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StoragePool pool() {
        return pool;
    }

    @Override
    public Path path() {
        return pool.path().resolve(name);
    }

    @Override
    public VolumeInfo info() {
        Optional<VolumeInfo> known = pool.record().volume(name);
        known.ifPresent(seen -> last = seen);
        return known.orElse(last);
    }

    @Override
    public JobObject jobs() {
        JobObject known = jobs;
        if (known == null) {
            known = pool.control().of(this);
            jobs = known;
        }
        return known;
    }

    @Override
    public VolumeInfo query(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return UnderJob.call(jobs(), StorageWork.VOLUME_QUERY, timeout, job -> see(driver(), job));
    }

    @Override
    public JobFuture<StorageVolume> cloneTo(StoragePool to, String copyName, Duration timeout) {
        VolumeInfo now = info();
        return cloneTo(
                to, new VolumeSpec(copyName, now.format(), now.capacity(), 0, Map.of()), timeout);
    }

    @Override
    public JobFuture<StorageVolume> cloneTo(StoragePool to, VolumeSpec spec, Duration timeout) {
        Objects.requireNonNull(to, "pool");
        VolumeView copy = pool.same(to).unborn(spec.name(), info().capacity());
        if (copy.equals(this)) {
            throw new IllegalArgumentException(target + " cannot become a copy of itself");
        }
        return copy.make(() -> {
            List<JobRequest> requests = List.of(
                    StorageWork.VOLUME_CLONE.on(copy.jobs()),
                    StorageWork.VOLUME_CLONE_FROM.on(jobs()));
            return pool.control().runAll(requests, timeout, held -> copy.fill(this, spec, held));
        });
    }

    @Override
    public JobFuture<Void> resize(long capacity, Duration timeout) {
        return resize(capacity, false, timeout);
    }

    @Override
    public JobFuture<Void> shrink(long capacity, Duration timeout) {
        return resize(capacity, true, timeout);
    }

    private JobFuture<Void> resize(long capacity, boolean mayShrink, Duration timeout) {
        if (capacity < 0) {
            throw new IllegalArgumentException(target + ": a capacity of " + capacity + " bytes");
        }
        return StorageWork.VOLUME_RESIZE.run(jobs(), timeout, job -> {
            StorageDriver driver = driver();
            long now = see(driver, job).capacity();
            if (capacity < now && !mayShrink) {
                String detail = "it has " + now + " bytes, and would lose those after " + capacity;
                throw failure(Reason.INVALID_STATE, detail);
            }
            try {
                pool.record().see(driver.resize(spec(), name, capacity, job));
            } catch (Throwable e) {
                seeAfter(driver, job);
                throw e;
            }
            return null;
        });
    }

    @Override
    public JobFuture<Void> wipe(WipeAlgorithm algorithm, Duration timeout) {
        Objects.requireNonNull(algorithm, "algorithm");
        return StorageWork.VOLUME_WIPE.run(jobs(), timeout, job -> {
            wipe(algorithm, job);
            return null;
        });
    }

    @Override
    public void wipe(WipeAlgorithm algorithm, AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException {
        Objects.requireNonNull(algorithm, "algorithm");
        UnderJob.check(under, target, "an async job", true);
        StorageDriver driver = driver();
        try {
            driver.wipe(spec(), name, algorithm, under);
        } catch (Throwable e) {
            seeAfter(driver, under);
            throw e;
        }
        see(driver, under);
    }

    @Override
    public VolumeUpload openUpload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return new VolumeStreams(this).openUpload(offset, length, timeout);
    }

    @Override
    public JobFuture<Long> upload(InputStream from, Duration timeout) {
        return new VolumeStreams(this).upload(from, Pace.UNKNOWN, timeout);
    }

    @Override
    public JobFuture<Long> upload(InputStream from, long length, Duration timeout) {
        if (length < 0) {
            throw new IllegalArgumentException("negative length: " + length);
        }
        return new VolumeStreams(this).upload(from, length, timeout);
    }

    @Override
    public VolumeDownload openDownload(long offset, long length, Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return new VolumeStreams(this).openDownload(offset, length, timeout);
    }

    @Override
    public JobFuture<Long> download(OutputStream to, Duration timeout) {
        return new VolumeStreams(this).download(to, timeout);
    }

    @Override
    public void delete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        UnderJob.call(jobs(), StorageWork.VOLUME_DELETE, timeout, job -> {
            delete(job);
            return null;
        });
    }

    @Override
    public List<JobInfo> forceDelete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return Force.call(pool.control(), jobs(), StorageWork.VOLUME_DELETE, timeout, job -> {
            delete(job);
            return null;
        });
    }

    @Override
    public void delete(Job under) throws StorageException {
        UnderJob.check(under, target, "a DESTROY job", under.type() == JobType.DESTROY);
        StorageDriver driver = driver();
        try {
            driver.delete(pool.spec(), name, under);
        } catch (StorageException e) {
            // A volume that vanished unseen is gone all the same; one whose pool is missing is not.
            if (e.reason() == Reason.NOT_FOUND && e.volume().isPresent()) {
                gone();
            }
            throw e;
        }
        gone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VolumeView view && view.target.equals(target);
    }

    @Override
    public int hashCode() {
        return target.hashCode();
    }

    /** Returns what people read: {@code volume default/a.img}. */
    @Override
    public String toString() {
        return target.toString();
    }

    /** Makes this volume, under a job on it. */
    StorageVolume create(VolumeSpec spec, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        StorageDriver driver = pool.driver();
        return build(spec, () -> driver.create(spec(), spec, job));
    }

    /** What makes a volume; nothing is left of it if it fails. */
    private interface Build {
        VolumeInfo run() throws StorageException, JobAbortedException, InterruptedException;
    }

    private StorageVolume build(VolumeSpec spec, Build build)
            throws StorageException, JobAbortedException, InterruptedException {
        // Counted for itself: a future that is completed from outside ends before this does.
        pool.record().creations().again(jobs());
        boolean shown = pool.record().addBuilding(spec);
        boolean built = false;
        try {
            pool.record().add(build.run());
            built = true;
            return this;
        } finally {
            if (shown && !built) {
                pool.record().remove(name);
            }
            endCreation();
        }
    }

    /** Starts what makes this volume, or another on top of it. */
    JobFuture<StorageVolume> make(Supplier<JobFuture<StorageVolume>> start) {
        beginCreation();
        JobFuture<StorageVolume> future;
        try {
            future = start.get();
        } catch (RuntimeException | Error e) {
            endCreation();
            throw e;
        }
        future.whenComplete((volume, failure) -> endCreation());
        return future;
    }

    /** Takes a job object that no creation which fails meanwhile closes. */
    void beginCreation() {
        JobControl control = pool.control();
        jobs = pool.record()
                .creations()
                .begin(
                        () -> control.of(this),
                        taken -> control.find(target).filter(taken::equals).isPresent());
    }

    /** Closes the job object if there is no volume and no other creation uses it. */
    void endCreation() {
        pool.record().creations().end(jobs(), () -> pool.record().volume(name).isPresent());
    }

    /** Makes this volume as a copy, under a job here and one on the source. */
    private StorageVolume fill(VolumeView source, VolumeSpec spec, JobGroup held)
            throws StorageException, JobAbortedException, InterruptedException {
        AsyncJob job = held.asyncJob(target);
        // Whoever wants the reading of the source to end wants the copy to.
        held.job(source.target).onAbort(job::abort);
        source.driver();
        StorageDriver driver = pool.driver();
        String type = source.pool.spec().type();
        if (!pool.spec().type().equals(type)) {
            String detail = "a pool of type '" + pool.spec().type()
                    + "' cannot take a copy from one of type '" + type + "'";
            throw failure(Reason.UNSUPPORTED, detail);
        }
        return build(spec, () -> driver.copy(source.spec(), source.name, spec(), spec, job));
    }

    /** Returns the driver, if the pool is still there and active, and the volume too. */
    StorageDriver driver() throws StorageException {
        StorageDriver driver = pool.driver();
        if (pool.record().volume(name).isEmpty()) {
            throw failure(Reason.NOT_FOUND, "there is no such volume");
        }
        return driver;
    }

    TargetId target() {
        return target;
    }

    PoolSpec spec() {
        return pool.spec();
    }

    StorageException failure(Reason reason, String detail) {
        return new StorageException(reason, pool.name(), name, detail, null);
    }

    /** Returns what an I/O error means to whoever moved bytes. */
    StorageException failure(String what, IOException e) {
        String message = String.valueOf(e.getMessage());
        Reason reason = message.contains(NO_SPACE) ? Reason.NO_SPACE : Reason.IO;
        if (e.getCause() instanceof StorageException known) {
            // a driver whose bytes go elsewhere knows better
            reason = known.reason();
        }
        return new StorageException(reason, pool.name(), name, what + ": " + message, e);
    }

    /** Asks how the volume is, for whoever holds a job on it, and remembers that. */
    VolumeInfo see(StorageDriver driver, Job job) throws StorageException {
        return pool.record().see(driver.query(spec(), name, job));
    }

    /**
     * The same after work that may have failed, whose failure is the one to be thrown. An interrupt does
     * not disturb this, and is there afterwards.
     */
    void seeAfter(StorageDriver driver, Job job) {
        boolean interrupted = Thread.interrupted();
        try {
            if (job.info().state() == JobState.FINISHED) {
                // It was taken from its owner. A job that runs by now looks itself when it ends.
                query(Duration.ZERO);
            } else {
                see(driver, job);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (StorageException | JobRefusedException | RuntimeException e) {
            log.debug("{} cannot be looked at after {}", target, job, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the waits of those who come too late, then forgets the volume. */
    private void gone() {
        pool.record().creations().exclusively(() -> {
            // In this order: whoever makes the volume again must not get the job object that is
            // closed.
            pool.close(target);
            pool.record().remove(name);
            return this;
        });
    }
}
