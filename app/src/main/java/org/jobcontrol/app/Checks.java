package org.jobcontrol.app;

import java.util.Objects;

/** What the demo expects of what it sees. Belongs to one thread. */
final class Checks {
    private int passed;

    int passed() {
        return passed;
    }

    /** Checks that something is so; the text says what should have been. */
    void that(boolean so, String expected) throws DemoException {
        if (!so) {
            throw new DemoException("expected that " + expected);
        }
        passed++;
    }

    void equal(Object actual, Object expected, String what) throws DemoException {
        if (!Objects.equals(actual, expected)) {
            throw new DemoException(what + ": expected " + expected + ", but was " + actual);
        }
        passed++;
    }
}
