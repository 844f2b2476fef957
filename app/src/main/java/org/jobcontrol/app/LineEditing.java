package org.jobcontrol.app;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives Gogo's shell a terminal before it starts. Left to itself it looks for one with the class loader
 * of the launcher, finds none, and has neither completion nor Ctrl-C.
 */
@Component(
        service = {},
        immediate = true)
public final class LineEditing {
    private static final Logger LOG = LoggerFactory.getLogger(LineEditing.class);

    /** Makes the terminal, if standard input and output are one. */
    @Activate
    @SuppressWarnings("deprecation") // for lack of another way in before that shell
    public LineEditing() {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(TerminalBuilder.class.getClassLoader());
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .name("gogo")
                    .system(true)
                    .provider("exec")
                    .dumb(false)
                    .nativeSignals(true)
                    .signalHandler(Terminal.SignalHandler.SIG_IGN)
                    .build();
            TerminalBuilder.setTerminalOverride(terminal);
        } catch (IOException | IllegalStateException e) {
            LOG.info("no line editing: {}", e.getMessage());
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    @Deactivate
    @SuppressWarnings("deprecation")
    void stop() {
        TerminalBuilder.setTerminalOverride(null);
    }
}
