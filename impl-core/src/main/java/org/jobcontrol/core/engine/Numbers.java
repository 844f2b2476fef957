package org.jobcontrol.core.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * Gives out ids and fences. One counter for all targets, so fences grow on each; and both go on above
 * those of earlier starts.
 */
final class Numbers {
    /*
     * A start reserves a block of ids, and one of fences that no start can use up. When half of the ids
     * are given out, more are reserved in the background; should that take longer than the rest lasts,
     * ids go on all the same, and only a crash in that moment could have some given out again. Fences
     * are safe in any case.
     */
    static final long IDS = 1L << 20;
    static final long FENCES = 1L << 40;

    /** The beginning of 2027. */
    private static final long FINER = 1_798_761_600_000L;

    private final AtomicLong counter;
    private final long fencesFrom;
    private final AtomicBoolean reserving = new AtomicBoolean();
    private volatile long reserveAt = Long.MAX_VALUE;

    /** Reserves ids up to the first number, and fences up to the second; set once before there are others. */
    private volatile BiConsumer<Long, Long> reservation = (id, fence) -> {};

    /**
     * Begins above what was given out before.
     *
     * @param lastId the largest id of earlier starts
     * @param lastFence the largest fence of earlier starts
     * @param millis the time of day: where nothing is recorded, it keeps fences growing
     */
    Numbers(long lastId, long lastFence, long millis) {
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

    /** Returns a number that is larger than all before: for a job's id, and for its fence. */
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
     * @param how reserves, soon or at once
     */
    void reserveWith(BiConsumer<Long, Long> how) {
        reservation = how;
        reserveMore();
    }

    private void reserveMore() {
        if (reserving.compareAndSet(false, true)) {
            long from = counter.get();
            reserveAt = from + IDS / 2;
            reservation.accept(from + IDS, fencesFrom + FENCES);
            reserving.set(false);
        }
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
