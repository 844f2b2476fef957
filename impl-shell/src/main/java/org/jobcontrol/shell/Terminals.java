package org.jobcontrol.shell;

import org.jline.terminal.Terminal;

/** Knows JLine's terminals; loaded only where a shell has one. */
final class Terminals {
    private Terminals() {}

    /** Returns how wide a terminal is; 0 if it is none, or one that knows no commands. */
    static int columns(Object terminal) {
        boolean dumb = !(terminal instanceof Terminal real) || real.getType().startsWith("dumb");
        return dumb ? 0 : ((Terminal) terminal).getWidth();
    }
}
