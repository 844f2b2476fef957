package org.jobcontrol.core.engine;

import org.jobcontrol.api.JobType;
import org.jspecify.annotations.Nullable;

/** A job on a target that has a parent, where the job holds an intention too. */
final class ChildJobHandle extends JobHandle {
    /*
     * The intention is taken first. So others may know the job, by what is in the parent's job slot,
     * before it is in its own: it has its id from the beginning, counts as waiting until it is in, and
     * draws its fence then.
     */
    private final Intention intention;
    private long fenceNumber;
    private volatile boolean entered;

    ChildJobHandle(
            CoreJobObject object,
            CoreJobObject parentObject,
            JobType type,
            String operation,
            Owner owner,
            @Nullable Thread thread) {
        super(object, type, operation, owner, thread);
        this.intention = new Intention(parentObject, this);
        this.id = object.engine().nextId();
    }

    @Override
    Intention intention() {
        return intention;
    }

    @Override
    void number() {
        fenceNumber = object.engine().nextId();
    }

    @Override
    long fenceNumber() {
        return fenceNumber;
    }

    @Override
    boolean entered() {
        // One that has ended was in its slot; if it waited, its request knew, and is forgotten.
        return entered || left() || object.alone(this);
    }

    @Override
    void enter() {
        entered = true;
    }

    @Override
    void forget() {
        super.forget();
        intention.giveBack();
    }

    @Override
    boolean over() {
        return super.over() && intention.left();
    }
}
