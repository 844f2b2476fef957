package org.jobcontrol.storage;

import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageDriver;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSink;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.WipeAlgorithm;

/** Another driver, with something done before each work on it: a fault, or a wait. */
final class HookedDriver implements StorageDriver {
    /** Is done before work, under its job. */
    @FunctionalInterface
    interface Hook {
        void before(String work, Job job)
                throws StorageException, JobAbortedException, InterruptedException;
    }

    private final StorageDriver driver;
    private volatile Hook hook = (work, job) -> {};
    private volatile UnaryOperator<VolumeSink> sinks = UnaryOperator.identity();
    private volatile UnaryOperator<ReadableByteChannel> sources = UnaryOperator.identity();

    HookedDriver(StorageDriver driver) {
        this.driver = driver;
    }

    void hook(Hook value) {
        hook = value;
    }

    /** Has what is opened to be written into replaced by something else. */
    void sinks(UnaryOperator<VolumeSink> value) {
        sinks = value;
    }

    /** Has what is opened to be read replaced by something else. */
    void sources(UnaryOperator<ReadableByteChannel> value) {
        sources = value;
    }

    private void before(String work, Job job) throws StorageException {
        try {
            hook.before(work, job);
        } catch (JobAbortedException | InterruptedException e) {
            throw new IllegalStateException("no abort or interrupt is foreseen here", e);
        }
    }

    @Override
    public String type() {
        return driver.type();
    }

    @Override
    public List<PoolSpec> list() throws StorageException {
        return driver.list();
    }

    @Override
    public void define(PoolSpec pool) throws StorageException {
        driver.define(pool);
    }

    @Override
    public void undefine(PoolSpec pool, Job job) throws StorageException {
        before("undefine", job);
        driver.undefine(pool, job);
    }

    @Override
    public void build(PoolSpec pool, AsyncJob job) throws StorageException {
        before("build", job);
        driver.build(pool, job);
    }

    @Override
    public void delete(PoolSpec pool, Job job) throws StorageException {
        before("pool-delete", job);
        driver.delete(pool, job);
    }

    @Override
    public void start(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("start", job);
        driver.start(pool, job);
    }

    @Override
    public void stop(PoolSpec pool, Job job) throws StorageException {
        before("stop", job);
        driver.stop(pool, job);
    }

    @Override
    public PoolInfo query(PoolSpec pool, Job job) throws StorageException {
        before("pool-query", job);
        return driver.query(pool, job);
    }

    @Override
    public List<VolumeInfo> scan(PoolSpec pool, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("scan", job);
        return driver.scan(pool, job);
    }

    @Override
    public VolumeInfo create(PoolSpec pool, VolumeSpec volume, Job job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("create", job);
        return driver.create(pool, volume, job);
    }

    @Override
    public VolumeInfo copy(PoolSpec from, String source, PoolSpec to, VolumeSpec copy, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("copy", job);
        return driver.copy(from, source, to, copy, job);
    }

    @Override
    public void wipe(PoolSpec pool, String volume, WipeAlgorithm algorithm, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("wipe", job);
        driver.wipe(pool, volume, algorithm, job);
    }

    @Override
    public VolumeInfo resize(PoolSpec pool, String volume, long capacity, AsyncJob job)
            throws StorageException, JobAbortedException, InterruptedException {
        hook.before("resize", job);
        return driver.resize(pool, volume, capacity, job);
    }

    @Override
    public VolumeSink openSink(PoolSpec pool, String volume, long offset, AsyncJob job)
            throws StorageException {
        before("upload", job);
        return sinks.apply(driver.openSink(pool, volume, offset, job));
    }

    @Override
    public ReadableByteChannel openSource(PoolSpec pool, String volume, long offset, Job job)
            throws StorageException {
        before("download", job);
        return sources.apply(driver.openSource(pool, volume, offset, job));
    }

    @Override
    public void delete(PoolSpec pool, String volume, Job job) throws StorageException {
        before("delete", job);
        driver.delete(pool, volume, job);
    }

    @Override
    public VolumeInfo query(PoolSpec pool, String volume, Job job) throws StorageException {
        before("query", job);
        return driver.query(pool, volume, job);
    }

    @Override
    public Recovery recover(PoolSpec pool, InterruptedJob job) throws StorageException {
        return driver.recover(pool, job);
    }

    @Override
    public Recovery recover(PoolSpec pool, String volume, InterruptedJob job)
            throws StorageException {
        return driver.recover(pool, volume, job);
    }
}
