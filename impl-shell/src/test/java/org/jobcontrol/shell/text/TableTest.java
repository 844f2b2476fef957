package org.jobcontrol.shell.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table = new Table("id", "target", "held");

    TableTest() {
        table.row("1", "volume demo/base.img", "1.2 s");
        table.row("12", "pool demo", "3 ms");
    }

    @Test
    void lines_wideEnough_areAligned() {
        assertThat(table.lines(100))
                .containsExactly(
                        "id  target                held",
                        "1   volume demo/base.img  1.2 s",
                        "12  pool demo             3 ms");
    }

    @Test
    void lines_tooNarrow_cutTheWidestColumn() {
        assertThat(table.lines(20))
                .containsExactly(
                        "id  target     held", "1   volume ..  1.2 s", "12  pool demo  3 ms");
    }

    @Test
    void lines_narrowerThanTheHead_areARecordForEachRow() {
        assertThat(table.lines(15))
                .containsExactly(
                        "id      1",
                        "target  volum..",
                        "held    1.2 s",
                        "",
                        "id      12",
                        "target  pool ..",
                        "held    3 ms");
        assertThat(new Table("id", "target").lines(5)).containsExactly("id  t");
    }

    @Test
    void lines_ofWideCharacters_areAlignedByColumns() {
        Table wide = new Table("NAME", "STATE");
        wide.row("日本.img", "INTACT");
        wide.row("e\u0301.img", "INTACT");
        assertThat(wide.lines(80))
                .containsExactly("NAME      STATE", "日本.img  INTACT", "e\u0301.img     INTACT");
        assertThat(wide.lines(14)).allMatch(line -> Glyphs.width(line) <= 14);
    }

    @Test
    void row_withControlCharacters_isOneLine() {
        Table evil = new Table("NAME");
        evil.row("a\nb\u001b[2J");
        assertThat(evil.lines(80)).containsExactly("NAME", "a\\nb\\u001B[2J");
    }

    @Test
    void row_ofAnotherLength_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("1"));
    }
}
