package org.jobcontrol.shell;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jobcontrol.api.JobUnavailableException;
import picocli.CommandLine;

/** Says in one sentence why a command failed. The message of many an exception is no sentence. */
final class Failures {
    private Failures() {}

    /** Returns what a shell is to print of what a command threw. */
    static Exception of(String command, CommandLine.ExecutionException wrapped) {
        Throwable cause = wrapped.getCause() == null ? wrapped : wrapped.getCause();
        if (cause instanceof CommandException || cause instanceof InterruptedException) {
            return (Exception) cause;
        }
        return new CommandException(
                isBug(cause) ? command + " failed unexpectedly: " + cause : sentence(cause), cause);
    }

    /** Returns whether this is none of the exceptions with which services refuse something. */
    private static boolean isBug(Throwable cause) {
        if (cause instanceof RuntimeException) {
            return !(cause instanceof IllegalArgumentException
                    || cause instanceof UnsupportedOperationException
                    || cause instanceof IllegalStateException
                    || cause instanceof JobUnavailableException);
        }
        return !(cause instanceof Exception);
    }

    /** Returns what happened, with the file if it was one. */
    static String sentence(Throwable cause) {
        String message = cause.getMessage();
        if (cause instanceof FileSystemException failure && failure.getFile() != null) {
            return failure.getFile() + ": " + withoutFile(failure);
        }
        return message == null || message.isBlank() ? cause.toString() : message;
    }

    /** Returns what happened, for a sentence that has named the file. */
    static String withoutFile(Throwable cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NotDirectoryException) {
            return "it is not a directory";
        }
        if (cause instanceof DirectoryNotEmptyException) {
            return "it is not empty";
        }
        if (cause instanceof FileSystemException failure) {
            String reason = failure.getReason();
            return reason == null ? failure.getClass().getSimpleName() : reason;
        }
        return sentence(cause);
    }
}
