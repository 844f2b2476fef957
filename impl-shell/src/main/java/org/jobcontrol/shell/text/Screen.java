package org.jobcontrol.shell.text;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where text for people goes. On a terminal its last lines may be live: they are drawn anew in
 * place. Elsewhere there is nothing but lines, one after another. Belongs to one thread.
 */
public final class Screen {
    private static final int MAX_WIDTH = 100;
    private static final int MIN_WIDTH = 10;
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintStream out;
    private final IntSupplier columns;
    private final String indent;
    private List<String> live = List.of();
    private @Nullable Boolean terminal;

    /**
     * Makes a screen.
     *
     * @param out where it prints
     * @param columns how wide the terminal is; 0 if it is none
     * @param indent what lines under a heading begin with
     */
    public Screen(PrintStream out, int columns, String indent) {
        this(out, () -> columns, indent);
    }

    /**
     * Makes a screen on a terminal whose width may change.
     *
     * @param out where it prints
     * @param columns tells how wide the terminal is at the moment; 0 from the beginning if it is none
     * @param indent what lines under a heading begin with
     */
    public Screen(PrintStream out, IntSupplier columns, String indent) {
        this.out = out;
        this.columns = columns;
        this.indent = indent;
    }

    /**
     * Returns whether lines can be drawn anew in place.
     *
     * @return false for a file or a pipe
     */
    public boolean terminal() {
        if (terminal == null) {
            terminal = columns.getAsInt() > 0;
        }
        return terminal;
    }

    /**
     * Returns how many columns are free after the indent, at the moment.
     *
     * @return the width
     */
    public int width() {
        return fullWidth() - indent.length();
    }

    private int fullWidth() {
        // the last column stays free: a character there makes some terminals begin a new line
        int usable = terminal() ? columns.getAsInt() - 1 : MAX_WIDTH;
        return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, usable));
    }

    /**
     * Prints a heading, after an empty line.
     *
     * @param text the heading
     */
    public void heading(String text) {
        erase();
        out.println();
        for (String line : wrap(Glyphs.printable(text), fullWidth())) {
            out.println(terminal() ? BOLD + line + PLAIN : line);
        }
    }

    /**
     * Prints text above the live lines, in as many lines as it takes.
     *
     * @param text the text
     */
    public void say(String text) {
        lines(wrap(Glyphs.printable(text), width()));
    }

    /**
     * Prints lines above the live lines.
     *
     * @param lines the lines
     */
    public void lines(List<String> lines) {
        erase();
        lines.forEach(line -> out.println(indent + Glyphs.printable(line)));
        out.flush();
    }

    /**
     * Draws lines in place of those that were live.
     *
     * @param lines the lines
     */
    public void live(List<String> lines) {
        lines(lines);
        live = List.copyOf(lines);
    }

    /** Leaves the live lines where they are. */
    public void keep() {
        live = List.of();
    }

    private void erase() {
        if (terminal() && !live.isEmpty()) {
            out.print("\u001b[" + rows(columns.getAsInt()) + "A" + ERASE_BELOW);
        }
        live = List.of();
    }

    /** Returns the rows of the live lines: a terminal that became narrower has wrapped them. */
    private int rows(int width) {
        return live.stream()
                .mapToInt(line -> indent.length() + Glyphs.width(line))
                .map(length -> width <= 0 ? 1 : Math.max(1, (length + width - 1) / width))
                .sum();
    }

    /** Returns the words in lines of at most this width; a longer word has a line of its own. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && Glyphs.width(line + " " + word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
