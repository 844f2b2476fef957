package org.jobcontrol.shell.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows of text in columns, for people. */
public final class Table {
    private static final String GAP = "  ";
    private static final String CUT = "..";

    private final int columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Makes a table.
     *
     * @param head the names of its columns
     */
    public Table(String... head) {
        this.columns = head.length;
        row(head);
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column, with any characters
     */
    public void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells, not " + columns);
        }
        rows.add(Stream.of(cells).map(Glyphs::printable).toList());
    }

    /**
     * Returns the lines, none longer than the width: the widest columns are cut. Where not even the
     * head would fit, each row has a line for each of its cells.
     *
     * @param width the width, in columns of a terminal
     * @return the lines, the head first
     */
    public List<String> lines(int width) {
        List<String> head = rows.get(0);
        int least = GAP.length() * (columns - 1)
                + head.stream().mapToInt(Glyphs::width).sum();
        return least > width ? records(width) : grid(widths(width));
    }

    private List<String> grid(int[] widths) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : GAP).append(Glyphs.fit(row.get(i), widths[i], CUT));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private int[] widths(int width) {
        int[] widths = new int[columns];
        int all = GAP.length() * (columns - 1);
        for (int i = 0; i < columns; i++) {
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], Glyphs.width(row.get(i)));
            }
            all += widths[i];
        }
        for (; all > width; all--) {
            widths[mostToSpare(widths)]--;
        }
        return widths;
    }

    /** Returns the widest of the columns that are wider than their head. */
    private int mostToSpare(int[] widths) {
        List<String> head = rows.get(0);
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            boolean spare = widths[i] > Glyphs.width(head.get(i));
            if (spare && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private List<String> records(int width) {
        List<String> head = rows.get(0);
        int label = head.stream().mapToInt(Glyphs::width).max().orElse(0);
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows.subList(1, rows.size())) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            for (int i = 0; i < columns; i++) {
                String line = Glyphs.fit(head.get(i), label, "") + GAP + row.get(i);
                lines.add(Glyphs.fit(line, Math.min(width, Glyphs.width(line)), CUT)
                        .stripTrailing());
            }
        }
        return lines.isEmpty() ? List.of(Glyphs.cut(String.join(GAP, head), width)) : lines;
    }
}
