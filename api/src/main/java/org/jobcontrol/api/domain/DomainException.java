package org.jobcontrol.api.domain;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Thrown when an operation on a domain fails. Names the domain and, if there is one, the cause. */
public final class DomainException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. Reasons may be added in a minor version. */
    public enum Reason {
        /** There is no such domain, or no longer. */
        NOT_FOUND,
        /** There is one already. */
        EXISTS,
        /** The domain is not in a state in which this could be done. */
        INVALID_STATE,
        /** The file is missing, exists already, or is none of this domain's. */
        BAD_FILE,
        /** Reading or writing failed. */
        IO,
        /** There is no driver, or it cannot do this. */
        UNSUPPORTED,
        /** The driver's bundle stopped while the work was going on. */
        DRIVER_STOPPED,
        /** The connection to the hypervisor was lost; what became of the work is not known. */
        CONNECTION_LOST,
        /** The agent in the guest does not answer. */
        AGENT_UNRESPONSIVE,
        /** The hypervisor failed; its words are in the message. */
        FAILED
    }

    private final Reason reason;
    private final String domain;
    private final transient @Nullable CompletionStage<?> inFlight;

    /**
     * Describes a failure.
     *
     * @param reason what went wrong
     * @param domain the domain's name
     * @param detail a sentence for people, without the domain's name
     * @param cause what made it fail, or null
     */
    public DomainException(Reason reason, String domain, String detail, @Nullable Throwable cause) {
        this(reason, domain, detail, cause, null);
    }

    /**
     * Describes a failure of the caller's wait: the hypervisor still works on the call.
     *
     * @param reason what went wrong
     * @param domain the domain's name
     * @param detail a sentence for people, without the domain's name
     * @param cause what made it fail, or null
     * @param inFlight completes when the hypervisor has answered; null if it does not work on the call
     */
    public DomainException(
            Reason reason,
            String domain,
            String detail,
            @Nullable Throwable cause,
            @Nullable CompletionStage<?> inFlight) {
        super("domain " + domain + ": " + detail, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.domain = Objects.requireNonNull(domain, "domain");
        this.inFlight = inFlight;
    }

    /** Says that a driver cannot do something. */
    static DomainException unsupported(UUID domain, String what) {
        String detail = "its driver cannot " + what;
        return new DomainException(Reason.UNSUPPORTED, domain.toString(), detail, null);
    }

    /**
     * Returns what went wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns which domain.
     *
     * @return its name
     */
    public String domain() {
        return domain;
    }

    /**
     * Returns the call that the caller no longer waits for. It may still take effect; the job under which
     * it was made lasts until the hypervisor has answered.
     *
     * @return what completes when the hypervisor has answered, or the connection is lost; empty if the
     *     hypervisor does not work on the call any more
     */
    public Optional<CompletionStage<?>> inFlight() {
        return Optional.ofNullable(inFlight);
    }
}
