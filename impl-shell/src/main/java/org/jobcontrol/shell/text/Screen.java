package org.jobcontrol.shell.text;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where text for people goes. On a terminal its last lines may be live: they are drawn anew in
 * place. Elsewhere there is nothing but lines, one after another. Belongs to one thread.
 */
public final class Screen {
    private static final int MAX_WIDTH = 100;
    private static final int MIN_WIDTH = 40;
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintStream out;
    private final boolean terminal;
    private final String indent;
    private final int width;
    private int liveLines;

    /**
     * Makes a screen.
     *
     * @param out where it prints
     * @param columns how wide the terminal is; 0 if it is none
     * @param indent what lines under a heading begin with
     */
    public Screen(PrintStream out, int columns, String indent) {
        this.out = out;
        this.indent = indent;
        this.terminal = columns > 0;
        // the last column stays free: a character there makes some terminals begin a new line
        int usable = terminal ? columns - 1 : MAX_WIDTH;
        this.width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, usable));
    }

    /**
     * Returns whether lines can be drawn anew in place.
     *
     * @return false for a file or a pipe
     */
    public boolean terminal() {
        return terminal;
    }

    /**
     * Returns how many characters fit after the indent.
     *
     * @return the width
     */
    public int width() {
        return width - indent.length();
    }

    /**
     * Prints a heading, after an empty line.
     *
     * @param text the heading
     */
    public void heading(String text) {
        erase();
        out.println();
        for (String line : wrap(text, width)) {
            out.println(terminal ? BOLD + line + PLAIN : line);
        }
    }

    /**
     * Prints text above the live lines, in as many lines as it takes.
     *
     * @param text the text
     */
    public void say(String text) {
        lines(wrap(text, width()));
    }

    /**
     * Prints lines above the live lines.
     *
     * @param lines the lines
     */
    public void lines(List<String> lines) {
        erase();
        lines.forEach(line -> out.println(indent + line));
        out.flush();
    }

    /**
     * Draws lines in place of those that were live.
     *
     * @param lines the lines
     */
    public void live(List<String> lines) {
        lines(lines);
        liveLines = lines.size();
    }

    /** Leaves the live lines where they are. */
    public void keep() {
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
