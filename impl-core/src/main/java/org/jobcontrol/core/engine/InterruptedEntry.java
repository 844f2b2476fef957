package org.jobcontrol.core.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.JobRecord;

/**
 * A job that a crash interrupted, in the place of the one that ran: it holds the slot, and the parents of
 * its target, until its adapter has recovered it.
 */
final class InterruptedEntry extends JobEntry {
    private final JobRecord record;
    private final List<Intention> intentions = new ArrayList<>();
    private volatile boolean wentOn;

    @GuardedBy("intentions")
    private boolean over;

    InterruptedEntry(CoreJobObject object, JobRecord record, Recorded recorded) {
        super(
                object,
                record.type(),
                record.operation(),
                new Owner(record.thread(), record.bundle(), JobEngine.NO_BUNDLE),
                null);
        this.record = record;
        restore(record);
        needExtras().recorded = recorded;
    }

    JobRecord record() {
        return record;
    }

    @Override
    JobType type() {
        return type;
    }

    @Override
    Life plain() {
        // Nobody can abort what does not run.
        return Life.begin(false, JobMask.NONE);
    }

    @Override
    boolean recovering() {
        return !left();
    }

    @Override
    boolean remembered() {
        return !wentOn;
    }

    /** Says that a job of the same number takes its place: of this one the history tells nothing. */
    void goOn() {
        wentOn = true;
    }

    /** Holds a parent of its target, whose job object nobody knows yet. */
    void hold(CoreJobObject parent) {
        synchronized (intentions) {
            if (over) {
                return;
            }
            Intention intention = new Intention(parent, this);
            Admission admission = parent.lock();
            admission.slots.add(intention);
            parent.unlock(admission);
            intentions.add(intention);
        }
    }

    @Override
    void forget() {
        super.forget();
        List<Intention> held;
        synchronized (intentions) {
            over = true;
            held = List.copyOf(intentions);
        }
        held.forEach(Intention::giveBack);
    }
}
