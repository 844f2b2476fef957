package org.jobcontrol.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jspecify.annotations.Nullable;

/**
 * A volume as one user has it: jobs in that user's name. Equal to every other view of the same
 * target. What may have changed in a wait is looked at in libvirt's order: whether the pool is
 * active, then whether the volume exists.
 */
final class VolumeView implements StorageVolume {
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
        return PoolView.call(
                jobs(),
                JobType.QUERY,
                "volume.query",
                timeout,
                job -> pool.record().see(driver().query(pool.spec(), name, job)));
    }

    @Override
    public JobFuture<StorageVolume> cloneTo(StoragePool to, String copyName, Duration timeout) {
        Objects.requireNonNull(to, "pool");
        VolumeSpec.checkName(VolumeAdapter.KIND, copyName);
        VolumeView copy = pool.same(to).unborn(copyName, info().capacity());
        if (copy.equals(this)) {
            throw new IllegalArgumentException(target + " cannot become a copy of itself");
        }
        StorageOperation operation = StorageOperation.VOLUME_CLONE;
        List<JobRequest> requests = List.of(
                JobRequest.of(copy.jobs(), operation, operation.defaultMask()),
                JobRequest.of(jobs(), JobType.QUERY, "volume.clone"));
        return copy.born(pool.control().runAll(requests, timeout, held -> copy.fill(this, held)));
    }

    @Override
    public JobFuture<Void> wipe(Duration timeout) {
        StorageOperation operation = StorageOperation.VOLUME_WIPE;
        return jobs().runAsync(operation, operation.defaultMask(), timeout, job -> {
            wipe(job);
            return null;
        });
    }

    @Override
    public void wipe(AsyncJob under)
            throws StorageException, JobAbortedException, InterruptedException {
        PoolView.check(under, target, "an async job", true);
        driver().wipe(pool.spec(), name, under);
    }

    @Override
    public void delete(Duration timeout)
            throws StorageException, JobRefusedException, InterruptedException {
        PoolView.call(jobs(), JobType.DESTROY, "volume.delete", timeout, job -> {
            delete(job);
            return null;
        });
    }

    @Override
    public void delete(Job under) throws StorageException {
        PoolView.check(under, target, "a DESTROY job", under.type() == JobType.DESTROY);
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
        pool.record().add(pool.driver().create(pool.spec(), spec, job));
        return this;
    }

    /** Returns what makes this volume, and sees to it that nothing is left if that fails. */
    JobFuture<StorageVolume> born(JobFuture<StorageVolume> birth) {
        birth.whenComplete((volume, failure) -> closeUnborn());
        return birth;
    }

    /**
     * Closes the job object of a volume that was not made: nobody else would. If others wait to
     * make it, the last of them does.
     */
    void closeUnborn() {
        JobObjectInfo now = jobs().info();
        boolean idle =
                now.jobs().isEmpty() && now.async().isEmpty() && now.queue().isEmpty();
        if (idle && pool.record().volume(name).isEmpty()) {
            jobs().close();
        }
    }

    /** Makes this volume as a copy, under a job here and one on the source. */
    private StorageVolume fill(VolumeView source, JobGroup held)
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
            throw new StorageException(Reason.UNSUPPORTED, pool.name(), name, detail, null);
        }
        pool.record().add(driver.copy(source.pool.spec(), source.name, pool.spec(), name, job));
        return this;
    }

    /** Returns the driver, if the pool is still there and active, and the volume too. */
    private StorageDriver driver() throws StorageException {
        StorageDriver driver = pool.driver();
        if (pool.record().volume(name).isEmpty()) {
            throw new StorageException(
                    Reason.NOT_FOUND, pool.name(), name, "there is no such volume", null);
        }
        return driver;
    }

    /** Ends the waits of those who come too late, then forgets the volume. */
    private void gone() {
        // In this order: whoever makes the volume anew must not get the job object that is closed.
        pool.close(target);
        pool.record().remove(name);
    }
}
