package org.jobcontrol.app;

/** Thrown when the demo does not go as it should. */
final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
