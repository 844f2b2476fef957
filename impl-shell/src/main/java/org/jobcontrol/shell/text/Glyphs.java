package org.jobcontrol.shell.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Text as a terminal shows it. Names of volumes and domains come from file systems and from other
 * programs, so they may hold anything: escape sequences, line ends, marks that reverse the direction
 * of what follows, and characters that are two columns wide or none.
 */
public final class Glyphs {
    private static final Set<UnicodeScript> WIDE = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HANGUL,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.YI);

    private Glyphs() {}

    /**
     * Returns a text in one line that a terminal shows as it is: each character that moves the
     * cursor, changes the direction, is invisible or is no character at all is replaced by its
     * escape, such as <code>&#92;n</code> or <code>&#92;u202E</code>.
     *
     * @param text any text
     * @return the text without such characters; the same object if it has none
     */
    public static String printable(String text) {
        return escape(text, "");
    }

    /**
     * Returns the same for a text of several lines: line feeds and tabs stay.
     *
     * @param text any text
     * @return the text without other such characters
     */
    public static String printableLines(String text) {
        return escape(text, "\n\t");
    }

    private static String escape(String text, String kept) {
        if (text.codePoints().allMatch(c -> isShown(c) || kept.indexOf(c) >= 0)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isShown(c) || kept.indexOf(c) >= 0) {
                escaped.appendCodePoint(c);
            } else if (c == '\n') {
                escaped.append("\\n");
            } else if (c == '\t') {
                escaped.append("\\t");
            } else {
                for (char half : Character.toChars(c)) {
                    escaped.append(String.format("\\u%04X", (int) half));
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            // fillers of Hangul, the blank of Braille and selectors of variants show nothing either
            default ->
                c != 0x115F
                        && c != 0x1160
                        && c != 0x3164
                        && c != 0xFFA0
                        && c != 0x2800
                        && c != 0x034F
                        && !isIn(c, 0xFE00, 0xFE0F)
                        && !isIn(c, 0xE0100, 0xE01EF);
        };
    }

    /**
     * Returns how many columns of a terminal a text takes.
     *
     * @param text a printable text
     * @return the columns
     */
    public static int width(String text) {
        return text.codePoints().map(Glyphs::width).sum();
    }

    private static int width(int c) {
        if (c < 0x300) {
            return 1;
        }
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> isJoined(c) ? 0 : isWide(c) ? 2 : 1;
        };
    }

    /** Returns whether this is a vowel or a final consonant of Hangul, shown in the letter before. */
    private static boolean isJoined(int c) {
        return isIn(c, 0x1160, 0x11FF);
    }

    private static boolean isWide(int c) {
        boolean wideForm = isIn(c, 0x3000, 0x303E)
                || isIn(c, 0xFE30, 0xFE6F)
                || isIn(c, 0xFF01, 0xFF60)
                || isIn(c, 0xFFE0, 0xFFE6);
        boolean pictogram = isIn(c, 0x1F300, 0x1FAFF);
        boolean narrowForm = isIn(c, 0xFF61, 0xFFDC);
        return wideForm || pictogram || (!narrowForm && WIDE.contains(UnicodeScript.of(c)));
    }

    private static boolean isIn(int c, int first, int last) {
        return c >= first && c <= last;
    }

    /**
     * Returns a text in exactly so many columns: with blanks behind it, or cut where it is longer.
     *
     * @param text a printable text
     * @param columns the columns
     * @param mark what stands at the end of a text that was cut, if it fits
     * @return the text, as wide as the columns
     */
    static String fit(String text, int columns, String mark) {
        int width = width(text);
        if (width <= columns) {
            return text + " ".repeat(columns - width);
        }
        String end = mark.length() <= columns ? mark : "";
        String begin = cut(text, columns - end.length());
        return begin + end + " ".repeat(columns - end.length() - width(begin));
    }

    /** Returns the longest beginning of a text that fits into so many columns. */
    static String cut(String text, int columns) {
        int end = 0;
        int width = 0;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            width += width(c);
            if (width > columns) {
                break;
            }
            end += Character.charCount(c);
        }
        return text.substring(0, end);
    }

    /**
     * Returns a line in as many lines as it takes, broken between words; those that follow begin where
     * its text began. A word that is longer than a line is not broken.
     *
     * @param line a printable line
     * @param columns the width of each line
     * @return the lines
     */
    public static List<String> fold(String line, int columns) {
        if (width(line) <= columns) {
            return List.of(line);
        }
        String text = line.stripLeading();
        String indent = line.substring(0, Math.min(line.length() - text.length(), columns / 2));
        return Screen.wrap(text.strip(), Math.max(1, columns - indent.length())).stream()
                .map(part -> (indent + part).stripTrailing())
                .toList();
    }
}
