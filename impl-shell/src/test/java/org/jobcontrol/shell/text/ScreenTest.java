package org.jobcontrol.shell.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @Test
    void wrap_longText_breaksBetweenWords() {
        assertThat(Screen.wrap("one two three four", 9))
                .containsExactly("one two", "three", "four");
    }

    @Test
    void wrap_longWord_hasALineOfItsOwn() {
        assertThat(Screen.wrap("a /very/long/path b", 8))
                .containsExactly("a", "/very/long/path", "b");
    }

    @Test
    void live_onATerminal_isDrawnInPlace() {
        Screen screen = new Screen(out, 80, "  ");
        screen.live(List.of("a 1", "b 1"));
        screen.live(List.of("a 2", "b 2"));
        assertThat(text()).isEqualTo("  a 1\n  b 1\n\u001b[2A\u001b[J  a 2\n  b 2\n");
    }

    @Test
    void live_onATerminalThatBecameNarrower_erasesWhatWasWrapped() {
        AtomicInteger columns = new AtomicInteger(80);
        Screen screen = new Screen(out, columns::get, "  ");
        screen.live(List.of("x".repeat(70), "y".repeat(10)));
        columns.set(40);
        assertThat(screen.width()).isEqualTo(37);
        screen.live(List.of("a"));
        assertThat(text()).endsWith("y\n\u001b[3A\u001b[J  a\n");
    }

    @Test
    void lines_withControlCharacters_areOneLineEach() {
        new Screen(out, 80, "").lines(List.of("a\nb\u001b[2J"));
        assertThat(text()).isEqualTo("a\\nb\\u001B[2J\n");
    }

    @Test
    void say_aboveLiveLines_takesTheirPlace() {
        Screen screen = new Screen(out, 80, "  ");
        screen.live(List.of("a 1"));
        screen.say("news");
        screen.live(List.of("a 2"));
        assertThat(text()).isEqualTo("  a 1\n\u001b[1A\u001b[J  news\n  a 2\n");
    }

    @Test
    void say_afterKeep_leavesWhatWasLive() {
        Screen screen = new Screen(out, 80, "  ");
        screen.live(List.of("a 1"));
        screen.keep();
        screen.say("news");
        assertThat(text()).isEqualTo("  a 1\n  news\n");
    }

    @Test
    void output_elsewhere_hasNoControlCharacters() {
        Screen screen = new Screen(out, 0, "  ");
        screen.heading("head");
        screen.live(List.of("a 1"));
        screen.live(List.of("a 2"));
        screen.say("news");
        assertThat(text()).isEqualTo("\nhead\n  a 1\n  a 2\n  news\n");
    }

    @Test
    void width_ofAVeryWideTerminal_isLimited() {
        assertThat(new Screen(out, 500, "  ").width()).isEqualTo(new Screen(out, 0, "  ").width());
    }

    private String text() {
        return bytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
    }
}
