package org.jobcontrol.karaf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

/** The key Tab, pressed in a real Karaf, and what a session costs. */
@Tag("slow")
@ExtendWith(SharedKaraf.class)
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class CompletionIT {
    private static Karaf karaf;

    @BeforeAll
    static void start(Karaf shared) {
        karaf = shared;
    }

    @Test
    void tab_inACommandsName_completesIt() throws Exception {
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("jobctl:his" + Terminal.TAB);
            terminal.see("jobctl:history ");
            terminal.press("--max 1" + Terminal.ENTER);
            terminal.see("OPERATION");
        }
    }

    @Test
    void tab_afterTwoDashes_offersTheOptionsOfThatCommandAlone() throws Exception {
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("jobctl:vol-clone --" + Terminal.TAB);
            assertThat(terminal.see("--timeout")).contains("--background");
            terminal.press(Terminal.CTRL_C);
            terminal.see("karaf@root");
            assertThat(terminal.screen()).doesNotContain("--memory", "--algorithm", "--json");
        }
    }

    @Test
    void tab_inACommandOfKaraf_completesThatAlone() throws Exception {
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("bundle:list --" + Terminal.TAB);
            terminal.see("--no-format");
            terminal.press(Terminal.CTRL_C);
            terminal.see("karaf@root");
            assertThat(terminal.screen()).doesNotContain("--memory", "--algorithm", "--json");
        }
    }

    /**
     * It was 3 to 7 s each while every session and every Tab made the options of all commands, eighty
     * times. Karaf alone takes 0.2 to 0.8 s for a session and 0.1 s for a Tab.
     */
    @Test
    void session_startedAndOneTab_costLittle() throws Exception {
        Duration before = karaf.cpuTime();
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("bundle:ref" + Terminal.TAB);
            terminal.see("bundle:refresh ");
        }
        assertThat(karaf.cpuTime().minus(before)).isLessThan(Duration.ofSeconds(3));
    }
}
