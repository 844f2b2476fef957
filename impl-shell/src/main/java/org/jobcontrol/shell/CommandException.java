package org.jobcontrol.shell;

import org.jobcontrol.shell.text.Glyphs;
import org.jspecify.annotations.Nullable;

/** Says to whoever typed a command why it failed. The shell prints the message. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(Glyphs.printable(message));
    }

    CommandException(String message, @Nullable Throwable cause) {
        super(Glyphs.printable(message), cause);
    }

    /** Returns the message alone: that is what some shells print. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // getMessage() says the same
    public String toString() {
        return String.valueOf(getMessage());
    }
}
