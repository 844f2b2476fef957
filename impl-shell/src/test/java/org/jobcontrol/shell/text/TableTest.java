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
    void lines_farTooNarrow_keepTheBeginOfEachCell() {
        assertThat(table.lines(1)).containsExactly("id  t..  h..", "1   v..  1..", "12  p..  3..");
    }

    @Test
    void row_ofAnotherLength_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("1"));
    }
}
