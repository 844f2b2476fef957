package org.jobcontrol.api;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The kind of work an async job does. Enums implement it: {@link DomainOperation}, {@link
 * StorageOperation}, or one of a driver's own.
 */
@ConsumerType
public interface AsyncOperation {
    /**
     * Returns the name that people see.
     *
     * @return the name, such as {@code SAVE}
     */
    String name();

    /**
     * Returns the types that may run beside this operation unless the caller says otherwise.
     *
     * @return the default mask
     */
    JobMask defaultMask();

    /**
     * Returns the phases this operation goes through. A job's phase never goes back in this list.
     *
     * @return the phases in order; empty if the operation declares none, and any phase may be set
     */
    default List<String> phases() {
        return List.of();
    }

    /**
     * Returns whether a job of this operation can be aborted from its start.
     *
     * @return false if an abort is answered {@link AbortResult#NOT_ABORTABLE} until the job says
     *     otherwise
     */
    default boolean abortable() {
        return true;
    }

    /**
     * Returns whether jobs of this operation are recorded, so that one that a crash interrupts is recovered.
     *
     * @return false for work that is not the process's own and needs no recovery
     */
    default boolean recorded() {
        return true;
    }
}
