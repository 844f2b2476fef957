package org.jobcontrol.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out ids and fences. One counter for all targets, so fences grow on each; and both go on above
 * those of earlier starts.
 */
final class Numbers {
    /*
     * Ids are reserved in blocks: what a crash costs is the rest of a block. A block has four times as
     * many ids as this start has given out, and at least LEAST; so after a crash the ids go on near
     * those that were used, and blocks are soon so large that the disk is seldom asked. The next block
     * is reserved in the background when half of the last one is given out.
     *
     * Waiting. Should the rest be used up before the next block is on the disk, as when very many jobs
     * begin right after the start, a begin waits for that (awaitReserved). It does so without a lock and
     * before anybody has the handle. Numbers that are drawn for fences only do not wait: fences are
     * reserved in a block that no start can use up.
     *
     * A journal that fails or hangs keeps no job from beginning: nobody waits longer than WAIT_MILLIS,
     * and then ids are given out unreserved until a reservation succeeds. That is logged, and a crash in
     * this time can have them given out again.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Numbers.class);
    static final long LEAST = 256;
    static final long MOST = 1L << 20;
    static final long FENCES = 1L << 40;
    private static final int GROWTH = 4;
    private static final long WAIT_MILLIS = 250;

    /** The beginning of 2027. */
    private static final long FINER = 1_798_761_600_000L;

    private final AtomicLong counter;
    private final long first;
    private final long fencesFrom;

    /** The reservation that is under way, or null. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> reserving =
            new AtomicReference<>();

    private volatile long reserveAt = Long.MAX_VALUE;

    /** Up to which id nobody waits. */
    private volatile long reserved = Long.MAX_VALUE;

    /** Set once before there are others. */
    private volatile Reservation reservation = (id, fence, done) -> done.run();

    /** Reserves numbers. */
    @FunctionalInterface
    interface Reservation {
        /**
         * Reserves ids and fences up to some.
         *
         * @param done to be run when they are reserved, or cannot be
         */
        void reserve(long id, long fence, Runnable done);
    }

    /**
     * Begins above what was given out before.
     *
     * @param lastId the largest id of earlier starts
     * @param lastFence the largest fence of earlier starts
     * @param millis the time of day: where nothing is recorded, it keeps fences growing
     */
    Numbers(long lastId, long lastFence, long millis) {
        this.first = lastId;
        this.counter = new AtomicLong(lastId);
        this.fencesFrom = Math.max(lastFence, fenceAt(millis));
    }

    /**
     * Returns the fence from which a start at a time of day goes on. Each millisecond leaves room for 65,536
     * admissions, so the next start begins above; that lasts until the year 5500. Up to 2027 it is room for
     * a million, which would have lasted until 2248.
     */
    static long fenceAt(long millis) {
        return millis < FINER ? millis << 20 : (FINER << 20) + ((millis - FINER) << 16);
    }

    /**
     * Returns a number that is larger than all before: for a job's id, and for its fence. An id is given
     * to a caller only after {@link #awaitReserved}.
     */
    long next() {
        long number = counter.incrementAndGet();
        if (number >= reserveAt) {
            reserveMore();
        }
        return number;
    }

    /** Returns a number as a fence. */
    long fence(long number) {
        return fencesFrom + number;
    }

    /** Returns the number that is a fence. */
    long numberOf(long fence) {
        return fence - fencesFrom;
    }

    /**
     * Reserves the first block, and from now on those that follow.
     *
     * @param how reserves; the first block before it returns
     */
    void reserveWith(Reservation how) {
        reservation = how;
        reserved = counter.get();
        reserveMore();
    }

    private void reserveMore() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        if (!reserving.compareAndSet(null, started)) {
            return;
        }
        long from = counter.get();
        long block = Math.max(LEAST, Math.min(MOST, GROWTH * (from - first)));
        reserveAt = from + block / 2;
        reservation.reserve(from + block, fencesFrom + FENCES, () -> {
            synchronized (this) {
                reserving.set(null);
                // If it failed too: there is nothing to wait for before the next attempt.
                reserved = from + block;
            }
            started.complete(null);
        });
    }

    /** Waits until an id is reserved, for a limited time. Not to be called with a lock. */
    void awaitReserved(long id) {
        while (id > reserved) {
            reserveMore();
            CompletableFuture<Void> running = reserving.get();
            if (running != null && !completes(running)) {
                goOnWithout(running);
            }
        }
    }

    /** Waits for a reservation, however often the thread is interrupted: it has its job already. */
    private static boolean completes(CompletableFuture<Void> running) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    running.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reservation completes without a failure", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets nobody wait for a reservation that hangs. */
    private void goOnWithout(CompletableFuture<Void> hanging) {
        synchronized (this) {
            if (reserving.get() != hanging || reserved == Long.MAX_VALUE) {
                return;
            }
            reserved = Long.MAX_VALUE;
        }
        LOG.warn(
                "the journal has not reserved ids for {} ms; until it has, a crash can have ids near"
                        + " {} used again",
                WAIT_MILLIS,
                counter.get());
    }

    /** Returns the last id. */
    long lastId() {
        return counter.get();
    }

    /** Returns the largest fence up to now. */
    long lastFence() {
        return fence(counter.get());
    }
}
