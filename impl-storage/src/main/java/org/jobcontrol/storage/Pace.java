package org.jobcontrol.storage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.Progress.Amount;

/**
 * How work moves data under its job: block by block. Before each it asks the job whether to go on and
 * keeps to its bandwidth; after each it says how far it is and how fast. Amounts that do not fit into
 * a long are reported as {@link Long#MAX_VALUE}. Used by one thread.
 */
public final class Pace {
    /** No block is larger, in bytes. */
    public static final int BLOCK = 1 << 20;

    /** The total if it is not known how many bytes there are to move. */
    public static final long UNKNOWN = -1;

    /** No block, and no wait for one, takes longer: so an abort is seen as soon. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Over how long the rate is the mean. */
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Job job;
    private long total;
    private long done;
    private long blockBegan;
    private long windowBegan = System.nanoTime();
    private long windowBytes;
    private long rate;

    /**
     * Begins, and says that nothing is done.
     *
     * @param job the job
     * @param total how many bytes there are to move, or {@link #UNKNOWN}
     */
    public Pace(Job job, long total) {
        this.job = job;
        this.total = total;
        this.blockBegan = windowBegan;
        report();
    }

    /**
     * Returns how many bytes there are to move if each is moved several times.
     *
     * @param bytes how many bytes, 0 or more
     * @param times how often, 0 or more
     * @return the product, or {@link Long#MAX_VALUE} if it is larger
     */
    public static long total(long bytes, int times) {
        return times > 0 && bytes > Long.MAX_VALUE / times ? Long.MAX_VALUE : bytes * times;
    }

    /**
     * Waits until a block may be moved.
     *
     * @param wanted how many bytes there are, more than 0
     * @return how many of them to move at once
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    public int next(long wanted) throws JobAbortedException, InterruptedException {
        job.checkpoint();
        long limit = job.bandwidth();
        long most = BLOCK;
        if (limit > 0) {
            most = Math.max(1, Math.min(BLOCK, (long) (limit * (SLICE_NANOS / SECOND))));
        }
        blockBegan = System.nanoTime();
        return (int) Math.min(most, wanted);
    }

    /**
     * Says that a block was moved; waits if that was too fast.
     *
     * @param bytes how many
     * @throws JobAbortedException if the job was asked to abort
     * @throws InterruptedException if the thread is interrupted
     */
    public void moved(long bytes) throws JobAbortedException, InterruptedException {
        count(bytes);
        report();
        awaitDue(bytes);
    }

    /**
     * Says how far somebody else has moved data.
     *
     * @param at how many bytes are done; fewer than before change nothing
     */
    public void reached(long at) {
        count(Math.max(0, at - done));
        report();
    }

    private void count(long bytes) {
        done = sum(done, bytes);
        windowBytes = sum(windowBytes, bytes);
        long now = System.nanoTime();
        if (now - windowBegan >= WINDOW_NANOS) {
            rate = (long) (windowBytes * SECOND / (now - windowBegan));
            windowBegan = now;
            windowBytes = 0;
        }
    }

    /**
     * Says that bytes need not be moved one by one.
     *
     * @param bytes how many
     */
    public void skipped(long bytes) {
        done = sum(done, bytes);
        report();
    }

    /**
     * Says that all up to a place is done: what was not moved is a hole.
     *
     * @param at the place, counted as what was moved is
     */
    public void skippedTo(long at) {
        skipped(at - done);
    }

    /** Says that there is no more to move than was moved: how much that is was not known before. */
    public void finish() {
        total = done;
        report();
    }

    /** Adds two amounts, neither of them negative. */
    private static long sum(long done, long more) {
        return more > Long.MAX_VALUE - done ? Long.MAX_VALUE : done + more;
    }

    private void awaitDue(long bytes) throws JobAbortedException, InterruptedException {
        long limit = job.bandwidth();
        while (limit > 0) {
            long due = blockBegan + (long) (bytes * SECOND / limit);
            long left = due - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(Math.min(left, SLICE_NANOS));
            job.checkpoint();
            // It may have been changed meanwhile.
            limit = job.bandwidth();
        }
    }

    private void report() {
        long all = total == UNKNOWN ? 0 : Math.max(total, done);
        job.progress(
                Progress.builder().data(Amount.of(all, done)).bandwidth(rate).build());
    }
}
