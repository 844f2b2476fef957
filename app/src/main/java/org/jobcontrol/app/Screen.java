package org.jobcontrol.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the demo's text goes. On a terminal its last lines may be live: they are drawn anew in
 * place. Elsewhere there is nothing but lines, one after another. Belongs to one thread.
 */
final class Screen {
    static final int MAX_WIDTH = 100;

    private static final int MIN_WIDTH = 40;
    private static final String INDENT = "  ";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private int liveLines;

    /**
     * Makes a screen.
     *
     * @param columns how wide the terminal is; 0 if it is none
     */
    Screen(PrintStream out, int columns) {
        this.out = out;
        this.terminal = columns > 0;
        // the last column stays free: a character there makes some terminals begin a new line
        int usable = terminal ? columns - 1 : MAX_WIDTH;
        this.width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, usable));
    }

    boolean terminal() {
        return terminal;
    }

    /** Returns how many characters fit after the indent. */
    int width() {
        return width - INDENT.length();
    }

    void heading(String text) {
        erase();
        out.println();
        for (String line : wrap(text, width)) {
            out.println(terminal ? BOLD + line + PLAIN : line);
        }
    }

    /** Prints text above the live lines, in as many lines as it takes. */
    void say(String text) {
        lines(wrap(text, width()));
    }

    /** Prints lines above the live lines. */
    void lines(List<String> lines) {
        erase();
        lines.forEach(line -> out.println(INDENT + line));
        out.flush();
    }

    /** Draws lines in place of those that were live. */
    void live(List<String> lines) {
        lines(lines);
        liveLines = lines.size();
    }

    /** Leaves the live lines where they are. */
    void keep() {
        liveLines = 0;
    }

    private void erase() {
        if (terminal && liveLines > 0) {
            out.print("\u001b[" + liveLines + "A" + ERASE_BELOW);
        }
        liveLines = 0;
    }

    /** Returns the words in lines of at most this width; a longer word has a line of its own. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
