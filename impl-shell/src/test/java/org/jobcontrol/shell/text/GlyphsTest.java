package org.jobcontrol.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlyphsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.img",
                "größe",
                "e\u0301",
                "日本語",
                "한글",
                "שלום",
                "ไทย",
                "\uD83D\uDE00",
                "a b",
                ""
            })
    void printable_text_staysAsItIs(String text) {
        assertThat(Glyphs.printable(text)).isSameAs(text);
    }

    @Test
    void printable_whatMovesOrHides_isEscaped() {
        assertThat(Glyphs.printable("a\u001b[2J")).isEqualTo("a\\u001B[2J");
        assertThat(Glyphs.printable("a\u009b2J")).isEqualTo("a\\u009B2J");
        assertThat(Glyphs.printable("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\u000Dd");
        assertThat(Glyphs.printable("a\u202Egmi.\u2066x")).isEqualTo("a\\u202Egmi.\\u2066x");
        assertThat(Glyphs.printable("a\u200Bb\u200Dc\uFEFFd"))
                .isEqualTo("a\\u200Bb\\u200Dc\\uFEFFd");
        assertThat(Glyphs.printable("a\u2028b\u2029c")).isEqualTo("a\\u2028b\\u2029c");
        assertThat(Glyphs.printable("a\uD800")).isEqualTo("a\\uD800");
        assertThat(Glyphs.printable("a\u3164b\uFE0Fc")).isEqualTo("a\\u3164b\\uFE0Fc");
        assertThat(Glyphs.printable("\uDB40\uDC41")).isEqualTo("\\uDB40\\uDC41");
    }

    @Test
    void printableLines_keepsLineEndsAndTabs() {
        assertThat(Glyphs.printableLines("<a>\n\t<b/>\u001b\n</a>"))
                .isEqualTo("<a>\n\t<b/>\\u001B\n</a>");
    }

    @ParameterizedTest
    @CsvSource({
        "abc, 3",
        "größe, 5",
        "e\u0301, 1",
        "日本語, 6",
        "한글, 4",
        "\u1112\u1161\u11AB, 2",
        "ｱｲ, 2",
        "ＡＢ, 4",
        "（中）, 6",
        "\uD83D\uDE00, 2",
        "ไทยที่, 4",
        "'', 0"
    })
    void width_isThatOfTheTerminal(String text, int columns) {
        assertThat(Glyphs.width(text)).isEqualTo(columns);
    }

    @Test
    void fit_wideText_isNeverCutInsideACharacter() {
        assertThat(Glyphs.fit("日本語", 6, "..")).isEqualTo("日本語");
        assertThat(Glyphs.fit("日本語", 7, "..")).isEqualTo("日本語 ");
        assertThat(Glyphs.fit("日本語", 5, "..")).isEqualTo("日.. ");
        assertThat(Glyphs.fit("日本語", 4, "..")).isEqualTo("日..");
        assertThat(Glyphs.fit("日本語", 1, "..")).isEqualTo(" ");
        assertThat(Glyphs.fit("e\u0301e\u0301e\u0301", 2, "")).isEqualTo("e\u0301e\u0301");
        assertThat(Glyphs.fit("abc", 0, "..")).isEmpty();
    }

    @Test
    void fold_indentedLine_keepsItsIndent() {
        assertThat(Glyphs.fold("  one two three", 10)).isEqualTo(List.of("  one two", "  three"));
        assertThat(Glyphs.fold("  one", 10)).isEqualTo(List.of("  one"));
        assertThat(Glyphs.fold("        one two", 8)).isEqualTo(List.of("    one", "    two"));
    }
}
