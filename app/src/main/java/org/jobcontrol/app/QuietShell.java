package org.jobcontrol.app;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/** Keeps Gogo's welcome from the terminal: the last line before the prompt is {@link Greeting}'s. */
@Component
public final class QuietShell implements CommandSessionListener {
    /** Creates the listener. */
    public QuietShell() {
        // Nothing is set up: sessions are told when they execute something.
    }

    @Override
    public void beforeExecute(CommandSession session, CharSequence command) {
        session.put(".gosh_quiet", true);
    }

    @Override
    public void afterExecute(
            CommandSession session, CharSequence command, @Nullable Exception exception) {
        // Nothing is left to do.
    }

    @Override
    public void afterExecute(
            CommandSession session, CharSequence command, @Nullable Object result) {
        // Nothing is left to do.
    }
}
