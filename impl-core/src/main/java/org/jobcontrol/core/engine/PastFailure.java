package org.jobcontrol.core.engine;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the failure of a job: its type, text, stack trace and causes, but no object of a class
 * that comes from a bundle. The history outlives bundles, and an exception would keep the class loader of
 * its bundle, and through its fields whatever the bundle has.
 */
final class PastFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Of longer chains of causes the rest is left out. */
    private static final int CAUSES = 32;

    private final String text;

    private PastFailure(Throwable failure, @Nullable Throwable cause) {
        super(message(failure), cause, false, true);
        this.text = text(failure);
        setStackTrace(failure.getStackTrace());
    }

    /** Returns what is to be kept of a failure; itself if that is of the JDK or of job control. */
    static Throwable of(Throwable failure) {
        return ofNoBundle(failure, Collections.newSetFromMap(new IdentityHashMap<>()))
                ? failure
                : copy(failure, CAUSES);
    }

    private static boolean ofNoBundle(@Nullable Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return true;
        }
        Class<?> type = failure.getClass();
        boolean known = type == JobAbortedException.class
                || type == JobRefusedException.class
                || type.getClassLoader() == null
                || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
        if (!known || !ofNoBundle(failure.getCause(), seen)) {
            return false;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (!ofNoBundle(suppressed, seen)) {
                return false;
            }
        }
        return true;
    }

    private static Throwable copy(Throwable failure, int causes) {
        Throwable original = failure.getCause();
        Throwable cause = original == null || causes == 0 ? null : copy(original, causes - 1);
        if (failure instanceof JobAbortedException aborted) {
            // The outcome of a job follows from this type.
            JobAbortedException copy =
                    new JobAbortedException(aborted.jobId(), String.valueOf(aborted.getMessage()));
            copy.setStackTrace(aborted.getStackTrace());
            return cause == null ? copy : copy.initCause(cause);
        }
        return new PastFailure(failure, cause);
    }

    @SuppressWarnings("CatchingUnchecked") // an exception that cannot say what it is has its type
    private static String message(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message == null ? failure.getClass().getName() : message;
        } catch (RuntimeException | LinkageError e) {
            return failure.getClass().getName();
        }
    }

    @SuppressWarnings("CatchingUnchecked") // as above
    private static String text(Throwable failure) {
        try {
            return String.valueOf(failure);
        } catch (RuntimeException | LinkageError e) {
            return failure.getClass().getName();
        }
    }

    /** Returns what the failure itself gave: its type and its message. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // its own type is of no interest
    public String toString() {
        return text;
    }
}
