package org.jobcontrol.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.PoolState;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jspecify.annotations.Nullable;

/**
 * A pool as one user has it: the shared record, and jobs in that user's name. Equal to every other
 * view of the same target.
 */
final class PoolView implements StoragePool {
    private final PoolRecord record;
    private final StorageCatalog catalog;
    private final JobControl control;

    /**
     * The job object this view was used with first, so that a view of a pool that was undefined
     * does not get at the jobs of a new one with its name. Threads that race store equal ones.
     */
    private volatile @Nullable JobObject jobs;

    PoolView(PoolRecord record, StorageCatalog catalog, JobControl control) {
        this.record = record;
        this.catalog = catalog;
        this.control = control;
    }

    @Override
    public String name() {
        return record.name();
    }

    @Override
    public PoolSpec spec() {
        return record.spec();
    }

    @Override
    public PoolState state() {
        boolean driven = catalog.driver(spec().type()).isPresent();
        return driven ? info().state() : PoolState.NOSTATE;
    }

    @Override
    public PoolInfo info() {
        return record.info();
    }

    @Override
    public JobObject jobs() {
        JobObject known = jobs;
        if (known == null) {
            known = control.of(this);
            jobs = known;
        }
        return known;
    }

    @Override
    public List<StorageVolume> volumes() {
        return record.volumes().stream().<StorageVolume>map(this::view).toList();
    }

    @Override
    public Optional<StorageVolume> volume(String name) {
        Objects.requireNonNull(name, "name");
        return info().state().active() ? record.volume(name).map(this::view) : Optional.empty();
    }

    @Override
    public PoolInfo query(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return UnderJob.call(
                jobs(),
                StorageWork.POOL_QUERY,
                timeout,
                job -> record.see(driver().query(spec(), job)));
    }

    @Override
    public JobFuture<Void> build(Duration timeout) {
        return StorageWork.POOL_BUILD.run(jobs(), timeout, job -> {
            catalog.driver(record, false).build(spec(), job);
            return null;
        });
    }

    @Override
    public JobFuture<Void> start(Duration timeout) {
        return StorageWork.POOL_START.run(jobs(), timeout, job -> {
            start(job);
            return null;
        });
    }

    @Override
    public void start(AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException {
        UnderJob.check(under, record.target(), "an async job", true);
        StorageDriver driver = catalog.driver(record, false);
        driver.start(spec(), under);
        try {
            scan(driver, under);
        } catch (Throwable e) {
            stopAgain(driver, under, e);
            throw e;
        }
    }

    @Override
    public void stop(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        UnderJob.call(jobs(), StorageWork.POOL_STOP, timeout, this::stop);
    }

    @Override
    public List<JobInfo> forceStop(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        return Force.call(control, jobs(), StorageWork.POOL_STOP, timeout, this::stop);
    }

    private @Nullable Void stop(Job job) throws StorageException {
        driver().stop(spec(), job);
        record.stop();
        return null;
    }

    @Override
    public void delete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        StorageCatalog.checkInactive(record);
        UnderJob.call(jobs(), StorageWork.POOL_DELETE, timeout, job -> {
            catalog.driver(record, false).delete(spec(), job);
            return null;
        });
    }

    @Override
    public JobFuture<Void> refresh(Duration timeout) {
        return StorageWork.POOL_REFRESH.run(jobs(), timeout, job -> {
            refresh(job);
            return null;
        });
    }

    @Override
    public void refresh(AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException {
        UnderJob.check(under, record.target(), "an async job", true);
        scan(driver(), under);
    }

    @Override
    public JobFuture<StorageVolume> create(VolumeSpec spec, Duration timeout) {
        Objects.requireNonNull(spec, "spec");
        VolumeView volume = unborn(spec.name(), spec.capacity());
        String backing = spec.attributes().get(VolumeSpec.BACKING);
        if (backing != null) {
            return createOn(unborn(backing, 0), volume, spec, timeout);
        }
        return volume.make(() -> StorageWork.VOLUME_CREATE.run(
                volume.jobs(), timeout, job -> volume.create(spec, job)));
    }

    /** Makes a volume on top of another, which nobody changes meanwhile. */
    private JobFuture<StorageVolume> createOn(
            VolumeView below, VolumeView volume, VolumeSpec spec, Duration timeout) {
        if (below.equals(volume)) {
            throw new IllegalArgumentException(volume + " cannot lie on itself");
        }
        return below.make(() -> volume.make(() -> {
            List<JobRequest> requests = List.of(
                    StorageWork.VOLUME_CREATE.on(volume.jobs()),
                    StorageWork.VOLUME_BUILD_ON.on(below.jobs()));
            return control.runAll(requests, timeout, held -> {
                below.driver();
                return volume.create(spec, held.asyncJob(volume.target()));
            });
        }));
    }

    @Override
    public StorageVolume create(VolumeSpec spec, Job under)
            throws StorageException, JobRefusedException, JobAbortedException,
                    InterruptedException {
        Objects.requireNonNull(spec, "spec");
        boolean fits = under.type() == JobType.MODIFY || under instanceof AsyncJob;
        UnderJob.check(under, record.target(), "a MODIFY or async job", fits);
        VolumeView volume = unborn(spec.name(), spec.capacity());
        volume.beginCreation();
        StorageWork its = StorageWork.VOLUME_CREATE_UNDER;
        // The pool's job keeps others away: whatever is in the way of this one is its owner's own.
        try (Job job =
                volume.jobs().beginUnder(under, its.type(), its.operation(), Duration.ZERO)) {
            try {
                return volume.create(spec, job);
            } catch (Throwable e) {
                job.fail(e);
                throw e;
            }
        } finally {
            volume.endCreation();
        }
    }

    @Override
    public void undefine(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        StorageCatalog.checkInactive(record);
        UnderJob.call(jobs(), StorageWork.POOL_UNDEFINE, timeout, job -> {
            catalog.undefine(record, job, () -> GonePools.close(control, record.target()));
            return null;
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolView view && view.record.target().equals(record.target());
    }

    @Override
    public int hashCode() {
        return record.target().hashCode();
    }

    /** Returns what people read: {@code pool default}. */
    @Override
    public String toString() {
        return record.target().toString();
    }

    PoolRecord record() {
        return record;
    }

    JobControl control() {
        return control;
    }

    /** Returns the driver, if the pool is still there and active. */
    StorageDriver driver() throws StorageException {
        return catalog.driver(record, true);
    }

    /** Returns this user's view of a pool of which somebody may have another. */
    PoolView same(StoragePool pool) {
        if (pool instanceof PoolView view && view.catalog == catalog) {
            return new PoolView(view.record, catalog, control);
        }
        return catalog.find(pool.name())
                .map(found -> new PoolView(found, catalog, control))
                .orElseThrow(() -> new IllegalArgumentException("no pool " + pool.name()));
    }

    /** Returns a volume that is not there yet. */
    VolumeView unborn(String name, long capacity) {
        return view(new VolumeInfo(name, capacity, 0, Instant.now()));
    }

    /** Closes the job object of the pool or of a volume, if there is one. */
    void close(TargetId target) {
        control.find(target).ifPresent(JobObject::close);
    }

    private void scan(StorageDriver driver, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        List<VolumeInfo> found = driver.scan(spec(), job);
        PoolInfo now = driver.query(spec(), job);
        // Somebody from whom the job was taken meanwhile must not change the list.
        job.checkpoint();
        for (String vanished : record.see(now, found)) {
            close(VolumeAdapter.target(record.target(), vanished));
        }
    }

    private void stopAgain(StorageDriver driver, AsyncJob job, Throwable cause) {
        try {
            driver.stop(spec(), job);
        } catch (StorageException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private VolumeView view(VolumeInfo volume) {
        return new VolumeView(volume, this);
    }
}
