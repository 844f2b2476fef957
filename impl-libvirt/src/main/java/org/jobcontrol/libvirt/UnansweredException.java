package org.jobcontrol.libvirt;

import java.util.concurrent.CompletableFuture;

/** Thrown when libvirt has not answered a call before its caller's deadline. The call goes on. */
final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient CompletableFuture<?> answer;

    UnansweredException(Deadline deadline, CompletableFuture<?> answer) {
        super("libvirt has not answered within " + deadline.limit().toMillis()
                + " ms; the call may still take effect");
        this.answer = answer;
    }

    /** Returns what completes when libvirt has answered, or the connection is lost. */
    CompletableFuture<?> answer() {
        return answer;
    }
}
