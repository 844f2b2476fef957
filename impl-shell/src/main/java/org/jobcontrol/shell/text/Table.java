package org.jobcontrol.shell.text;

import java.util.ArrayList;
import java.util.List;

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
     * @param cells one for each column
     */
    public void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells, not " + columns);
        }
        rows.add(List.of(cells));
    }

    /**
     * Returns the lines, none longer than the width: the widest columns are cut.
     *
     * @param width the width, in characters
     * @return the lines, the head first
     */
    public List<String> lines(int width) {
        int[] widths = widths(width);
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : GAP).append(fit(row.get(i), widths[i]));
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
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
            all += widths[i];
        }
        for (; all > width; all--) {
            int widest = widest(widths);
            if (widths[widest] <= CUT.length() + 1) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int i = 1; i < widths.length; i++) {
            if (widths[i] > widths[widest]) {
                widest = i;
            }
        }
        return widest;
    }

    private static String fit(String cell, int width) {
        return cell.length() <= width
                ? cell + " ".repeat(width - cell.length())
                : cell.substring(0, width - CUT.length()) + CUT;
    }
}
