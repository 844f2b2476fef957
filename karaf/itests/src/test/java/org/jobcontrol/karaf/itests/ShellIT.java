package org.jobcontrol.karaf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.karaf.itests.Karaf.firstNumber;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jobcontrol.karaf.itests.Karaf.Answer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

/** Commands typed at a Karaf with everything in it, and bundles and files changed under it. */
@Tag("slow")
@ExtendWith(SharedKaraf.class)
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class ShellIT {
    private static Karaf karaf;

    @BeforeAll
    static void start(Karaf shared) {
        karaf = shared;
    }

    private static void domain(String name, String memory) throws Exception {
        karaf.typeUntil("jobctl:domain-list", "NAME");
        karaf.type("jobctl:domain-define " + name + " --memory " + memory);
        assertThat(karaf.type("jobctl:domain-start " + name))
                .contains("START " + name, "COMPLETED");
    }

    private static void succeeds(String command) throws Exception {
        Answer answer = karaf.type("karaf", command);
        assertThat(answer.status()).as(command + ": " + answer.text()).isZero();
    }

    /** Begins a save that takes minutes. */
    private static String save(String name) throws Exception {
        return firstNumber(karaf.type(
                "jobctl:domain-save " + name + " " + karaf.home.resolve(name) + " --background"));
    }

    // ---- typed over ssh -------------------------------------------------------------------------

    @Test
    void commands_ofAPerson_answer() throws Exception {
        domain("web-01", "64GiB");
        String id = save("web-01");
        assertThat(karaf.type("jobctl:info domain web-01"))
                .startsWith("Job type:         Unbounded")
                .contains("Operation:        Save");
        assertThat(karaf.type("jobctl:explain domain web-01 MODIFY"))
                .contains("domain web-01: MODIFY would wait")
                .contains(
                        "rule: MODIFY waits: the async job SAVE lets in only QUERY, DESTROY, ABORT")
                .contains("held by: #" + id + " SAVE (ASYNC), for ")
                .contains("bundle org.jobcontrol.domain");
        assertThat(karaf.type("jobctl:list domain")).contains("#" + id + " SAVE");
        assertThat(karaf.type("jobctl:stats " + id + " --json"))
                .contains("\"memory_total\": " + (64L << 30));
        assertThat(karaf.type("jobctl:domain-info web-01")).contains("memory:     64 GiB");
        String waiting = firstNumber(
                karaf.type("jobctl:domain-save web-01 /nowhere/x --background --timeout 5m"));
        assertThat(karaf.type("jobctl:queue domain web-01"))
                .contains(waiting, "SAVE", "waited".toUpperCase());
        assertThat(karaf.type("jobctl:abort " + waiting)).contains("had not begun");
        assertThat(karaf.type("jobctl:mask " + id + " QUERY MODIFY"))
                .contains("beside job #" + id + " may run: QUERY, MODIFY");
        assertThat(karaf.type("jobctl:domain-set-memory web-01 32GiB")).contains("32 GiB");
        assertThat(karaf.type("jobctl:abort " + id)).contains("#" + id, "ABORTED");
        assertThat(karaf.type("jobctl:history --max 1")).contains("SAVE", "ABORTED");
        assertThat(karaf.home.resolve("web-01")).doesNotExist();
    }

    @Test
    void command_refused_saysWhyAndFails() throws Exception {
        domain("web-02", "64GiB");
        String id = save("web-02");
        Answer refused = karaf.type("karaf", "jobctl:domain-set-memory web-02 1GiB --timeout 0");
        assertThat(refused.text())
                .contains("domain web-02: 'domain.setMemory' (MODIFY) cannot begin now")
                .contains("held by SAVE #" + id);
        assertThat(refused.status()).isNotZero();
        for (String bad : List.of(
                "jobctl:domain-start nix",
                "jobctl:info",
                "jobctl:domain-start web-02 --timeout soon",
                "jobctl:explain domain web-02 NAP",
                "jobctl:mask " + id + " NAP",
                "jobctl:abort 999999",
                "jobctl:vol-create nix a.img -5")) {
            Answer answer = karaf.type("karaf", bad);
            assertThat(answer.status()).as(bad).isNotZero();
            assertThat(answer.text()).as(bad).isNotBlank().doesNotContain("\tat ");
        }
        karaf.type("jobctl:abort " + id);
    }

    // ---- typed at a terminal --------------------------------------------------------------------

    @Test
    void terminal_progressBar_movesUntilCtrlC() throws Exception {
        domain("tty-01", "64GiB");
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press(
                    "jobctl:domain-save tty-01 " + karaf.home.resolve("tty") + Terminal.ENTER);
            terminal.see("MiB/s");
            String bars = terminal.see("GiB   2");
            assertThat(bars).contains("SAVE tty-01  [").contains(" left");
            terminal.press(Terminal.CTRL_C);
            terminal.see("ended ABORTED");
            assertThat(karaf.type("jobctl:list domain")).doesNotContain("tty-01 SAVE");
        }
    }

    @Test
    void terminal_tab_completesNamesOfTheKindBefore() throws Exception {
        domain("completed-01", "64MiB");
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("jobctl:explain dom" + Terminal.TAB);
            terminal.see("domain");
            terminal.press("compl" + Terminal.TAB);
            terminal.see("completed-01");
            terminal.press("MOD" + Terminal.TAB);
            terminal.see("MODIFY");
            terminal.press(Terminal.ENTER);
            terminal.see("domain completed-01: MODIFY may begin now");
        }
    }

    @Test
    void help_ofACommand_hasAnExample() throws Exception {
        assertThat(karaf.type("jobctl:vol-clone --help"))
                .contains(
                        "Usage: jobctl:vol-clone", "Example: jobctl:vol-clone images a.img b.img");
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("help jobctl:vol-clone" + Terminal.ENTER);
            terminal.see("Example: jobctl:vol-clone");
        }
    }

    @Test
    void help_ofTheSubshell_listsTheCommandsInGroups() throws Exception {
        for (String command : List.of("jobctl:help", "jobctl --help")) {
            assertThat(karaf.type(command))
                    .as(command)
                    .contains("Storage pools\n", "Domains\n")
                    .containsPattern("vol-create +Creates a volume.");
        }
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("help jobctl" + Terminal.ENTER);
            terminal.see("Look at jobs");
        }
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("jobctl" + Terminal.ENTER);
            terminal.see("(jobctl)>");
            terminal.press("list domain" + Terminal.ENTER);
            terminal.see("TARGET");
        }
    }

    // ---- pipes and variables --------------------------------------------------------------------

    @Test
    void output_inAPipe_isReadByTheNextCommand() throws Exception {
        karaf.type(
                "jobctl:pool-define piped " + Files.createDirectory(karaf.home.resolve("piped")));
        karaf.type("jobctl:pool-start piped");
        karaf.type("jobctl:vol-create piped xa 1MiB");
        karaf.type("jobctl:vol-create piped yb 1MiB");
        // grep marks in colour what it finds
        assertThat(karaf.type("jobctl:vol-list piped | grep xa"))
                .contains("INTACT")
                .doesNotContain("NAME", "yb");
        assertThat(karaf.type("jobctl:vol-list piped | tail -n 1"))
                .contains("yb")
                .hasLineCount(1);
        assertThat(karaf.type("jobctl:vol-list piped | wc -l").strip()).isEqualTo("3");
        assertThat(karaf.type("jobctl:vol-list --help | tail -n 1").strip())
                .isEqualTo("Example: jobctl:vol-list images");
        assertThat(karaf.type("x = (jobctl:vol-clone piped xa xc --background); echo \"<$x>\""))
                .containsPattern("<[0-9]+>");
        try (Terminal terminal = new Terminal(karaf, 100)) {
            terminal.press("jobctl:vol-list piped | grep xa" + Terminal.ENTER);
            assertThat(terminal.see("INTACT")).doesNotContain("NAME", "yb");
            terminal.press("jobctl:vol-wipe piped yb | grep COMPLETED" + Terminal.ENTER);
            assertThat(terminal.see("VOLUME_WIPE")).doesNotContain("[##");
        }
    }

    @Test
    void download_aborted_leavesNoFile() throws Exception {
        Path pool = Files.createDirectory(karaf.home.resolve("downloads"));
        karaf.type("jobctl:pool-define downloads " + pool);
        karaf.type("jobctl:pool-start downloads");
        karaf.type("jobctl:vol-create downloads a.img 64GiB --sparse");
        Path file = karaf.home.resolve("a.img");
        String id = firstNumber(
                karaf.type("jobctl:vol-download downloads a.img " + file + " --background"));
        await().atMost(Karaf.PATIENCE).until(() -> Files.exists(file));
        karaf.type("jobctl:bandwidth " + id + " 1MiB");
        assertThat(karaf.type("jobctl:abort " + id)).contains("ABORTED");
        await().atMost(Karaf.PATIENCE).until(() -> !Files.exists(file));
        assertThat(karaf.type("jobctl:vol-download downloads nix.img " + file))
                .contains("there is no volume downloads/nix.img");
        Files.createFile(file);
        assertThat(karaf.type("jobctl:vol-download downloads a.img " + file))
                .contains(file + " cannot be made: it exists already");
        assertThat(file).exists();
        Files.delete(file);
    }

    // ---- what changes underneath ----------------------------------------------------------------

    @Test
    void configuration_edited_isTakenUpAndABadOneRefused() throws Exception {
        karaf.type("jobctl:pool-define conf " + Files.createDirectory(karaf.home.resolve("conf")));
        karaf.type("jobctl:pool-start conf");
        karaf.edit("etc/org.jobcontrol.cfg", "^history_size = .*", "history_size = 2");
        await().atMost(Karaf.PATIENCE).until(() -> {
            karaf.type("jobctl:pool-info conf");
            karaf.type("jobctl:pool-info conf");
            karaf.type("jobctl:pool-info conf");
            return karaf.type("jobctl:history").lines().count() == 3;
        });
        karaf.edit("etc/org.jobcontrol.cfg", "^history_size = .*", "history_size = many");
        await().atMost(Karaf.PATIENCE)
                .until(() -> karaf.log()
                        .contains("history_size is 'many', not a number from 0 to 1000000"));
        karaf.type("jobctl:pool-info conf");
        assertThat(karaf.type("jobctl:history").lines()).hasSize(3);
        karaf.edit("etc/org.jobcontrol.cfg", "^history_size = .*", "history_size = 1000");
    }

    @Test
    void bundles_updatedWhileJobsRun_goOn() throws Exception {
        Path pool = Files.createDirectory(karaf.home.resolve("pool"));
        karaf.type("jobctl:pool-define images " + pool);
        karaf.type("jobctl:pool-start images");
        karaf.type("jobctl:vol-create images a.img 64GiB --sparse");
        for (String bundle : List.of("storage", "domain", "shell", "core", "api")) {
            String clone = firstNumber(karaf.type("jobctl:vol-clone images a.img b.img -b"));
            succeeds("bundle:update org.jobcontrol." + bundle);
            succeeds("bundle:refresh org.jobcontrol." + bundle);
            // It is still defined, and inactive if its driver was stopped.
            karaf.typeUntil("jobctl:pool-list", "images");
            karaf.type("jobctl:abort " + clone);
            await().atMost(Karaf.PATIENCE).until(() -> {
                karaf.type("jobctl:pool-start images --timeout 5s");
                return karaf.type("jobctl:vol-list images").contains("a.img");
            });
            karaf.typeUntil("jobctl:list pool", "images");
            // The clone was ended with its bundle, or was whole before: it takes no time here.
            assertThat(karaf.type("jobctl:vol-list images"))
                    .as(bundle)
                    .contains("a.img")
                    .doesNotContain("BUILDING");
            karaf.type("jobctl:vol-delete images b.img");
            assertThat(karaf.find("pool/*")).as(bundle).hasSize(1);
        }
    }

    @Test
    void consumer_droppedStoppedAndUpdatedInTheMiddle_leavesNothingHeld() throws Exception {
        domain("used-01", "64MiB");
        Path jar = Path.of(System.getProperty("consumer"));
        karaf.drop(jar, "deploy");
        karaf.typeUntil("example:inspect used-01 600", "as job #");
        assertThat(karaf.type("jobctl:explain domain used-01 MODIFY"))
                .contains("example.inspect", "bundle com.example.consumer");
        karaf.type("bundle:stop com.example.consumer");
        karaf.typeUntil("jobctl:explain domain used-01 MODIFY", "may begin now");
        assertThat(karaf.type("jobctl:info domain used-01 --completed"))
                .startsWith("Job type:         Failed");
        karaf.type("bundle:start com.example.consumer");
        karaf.typeUntil("example:inspect used-01 600", "as job #");
        karaf.drop(jar, "deploy");
        karaf.type("bundle:update com.example.consumer");
        karaf.typeUntil("jobctl:explain domain used-01 MODIFY", "may begin now");
        karaf.typeUntil("example:inspect used-01 1", "as job #");
        Files.delete(karaf.home.resolve("deploy").resolve(jar.getFileName()));
        karaf.typeUntil("bundle:list | grep -c 'uses job control'", "0");
        karaf.typeUntil("jobctl:explain domain used-01 MODIFY", "may begin now");
    }
}
