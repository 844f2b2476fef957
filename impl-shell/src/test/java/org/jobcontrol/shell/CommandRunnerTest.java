package org.jobcontrol.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.core.journal.FileJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands over a real engine; what needs the two services is tested in a framework. */
class CommandRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private JobEngine engine;
    private JobObject web;
    private CommandRunner runner;

    @BeforeEach
    void start() {
        engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
        Target.addAdapters(engine);
        JobControl control = engine.control("com.acme.backup", 7);
        web = control.of(Target.domain("web-01"));
        runner = new CommandRunner(new Services(control, engine.admin()));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private String run(int columns, String name, Object... arguments) throws Exception {
        out.reset();
        runner.run(
                name, List.of(arguments), new Console(new PrintStream(out, true, UTF_8), columns));
        return out.toString(UTF_8);
    }

    // ---- all of them ----------------------------------------------------------------------------

    @Test
    void commands_areThoseOfTheServices() {
        assertThat(runner.descriptions().keySet())
                .contains(
                        "list", "info", "queue", "history", "explain", "abort", "mask", "stats",
                        "watch")
                .contains("release", "drain", "domain-save", "pool-refresh", "vol-clone")
                .contains("domain-migrate", "snapshot-create", "disk-copy");
    }

    @Test
    void help_ofEachCommand_hasAnExampleThatFits() throws Exception {
        for (String name : runner.descriptions().keySet()) {
            String help = run(80, name, "--help");
            assertThat(help)
                    .startsWith("Usage: jobctl:" + name)
                    .contains("Example: jobctl:" + name);
            assertThat(help.lines()).allMatch(line -> line.length() < 80);
        }
    }

    @Test
    void help_ofEachCommand_describesEveryArgument() throws Exception {
        for (String name : runner.descriptions().keySet()) {
            assertThat(run(100, name, "--help")).doesNotContain("<", "arg0", "DEFAULT-VALUE");
            assertThat(runner.spec(name).args()).allSatisfy(argument -> {
                assertThat(argument.description()).as(name + " " + argument).isNotEmpty();
                assertThat(argument.description()[0]).matches("[A-Za-z].*\\.");
            });
        }
    }

    @Test
    void help_onANarrowTerminal_isFoldedBetweenWords() throws Exception {
        for (String name : runner.descriptions().keySet()) {
            assertThat(run(40, name, "--help").lines())
                    .allMatch(line -> line.length() < 40 || !line.strip().contains(" "));
        }
    }

    @Test
    void helpOverview_hasEveryCommandOnce() throws Exception {
        String text = run(80, "help");
        assertThat(text)
                .contains("\nStorage pools\n", "\nDomains\n")
                .contains("  vol-create  ", "Creates a volume.");
        assertThat(text.lines()).allMatch(line -> line.length() < 80);
        List<String> names = text.lines()
                .filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(runner.descriptions().keySet());
        assertThat(run(40, "help").lines())
                .allMatch(line -> line.length() < 40 || !line.strip().contains(" "));
    }

    @Test
    void help_ofACommand_isItsOwn() throws Exception {
        assertThat(run(80, "help", "vol-create"))
                .isEqualTo(run(80, "vol-create", "--help"))
                .isEqualTo(run(80, "help", "jobctl:vol-create"));
        assertRefused(
                "there is no command jobctl:vol-burn; jobctl:help lists all", "help", "vol-burn");
    }

    // ---- answers --------------------------------------------------------------------------------

    @Test
    void list_ofABusyTarget_saysWhoHoldsItAndHowManyWait() throws Exception {
        try (AsyncJob save = web.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG)) {
            var waiter = web.beginLater(JobType.MODIFY, "domain.setMemory", LONG);
            assertThat(run(100, "list"))
                    .contains("domain web-01", "#" + save.id() + " SAVE", "QUERY, DESTROY, ABORT");
            assertThat(run(100, "queue", "domain", "web-01"))
                    .contains(waiter.id() + " ", "domain.setMemory", "com.acme.backup");
            assertThat(run(100, "explain", "domain", "web-01", "modify"))
                    .contains("domain web-01: MODIFY would wait")
                    .contains("the async job SAVE lets in only QUERY, DESTROY, ABORT")
                    .contains("held by: #" + save.id() + " SAVE (ASYNC), for ")
                    .contains("bundle com.acme.backup, thread main");
            waiter.cancel();
        }
        assertThat(run(100, "history", "-n", 1)).contains("SAVE", "COMPLETED");
    }

    @Test
    void tables_onATerminal_fitItsWidth() throws Exception {
        web.begin(JobType.MODIFY, "an.operation.with.a.very.long.name.that.nobody.would.give", LONG)
                .close();
        assertThat(run(60, "history").lines()).allMatch(line -> line.length() < 60);
        assertThat(run(0, "history")).contains("that.nobody.would.give");
    }

    @Test
    void json_ofAJob_hasExactNumbers() throws Exception {
        try (Job job = web.begin(JobType.MODIFY, "x", LONG)) {
            var json =
                    JsonParser.parseString(run(0, "info", job.id(), "--json")).getAsJsonObject();
            assertThat(json.get("id").getAsLong()).isEqualTo(job.id());
            assertThat(json.get("held_nanos").getAsLong()).isPositive();
            assertThat(json.get("outcome").isJsonNull()).isTrue();
            assertThat(JsonParser.parseString(run(0, "list", "--json")).getAsJsonArray())
                    .hasSize(1);
        }
    }

    @Test
    void steering_reachesJobsOfOthers() throws Exception {
        AsyncJob save = web.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        assertThat(run(0, "mask", save.id(), "NONE")).contains("may run: NONE");
        assertThat(run(0, "pause", save.id())).contains("stops at its next checkpoint");
        assertThat(save.pauseRequested()).isTrue();
        assertThat(run(0, "resume", save.id())).contains("goes on");
        assertThat(save.pauseRequested()).isFalse();
        assertThat(run(0, "bandwidth", save.id(), "50MiB")).contains("at 50 MiB/s at most");
        assertThat(save.bandwidth()).isEqualTo(50L << 20);
        assertThat(save.info().mask()).contains(JobMask.NONE);
        assertThat(run(0, "abort", save.id(), "--timeout", "0"))
                .contains("was asked and still runs");
        assertThat(save.abortRequested()).isTrue();
        assertThat(run(0, "release", save.id(), "its owner hangs"))
                .contains("taken from its owner");
        assertThat(run(0, "abort", save.id())).contains("had ended before: ORPHANED");
        assertThat(run(0, "drain", "-t", "1s")).contains("nothing runs");
        assertThatThrownBy(() -> web.begin(JobType.QUERY, "late", LONG))
                .hasMessageContaining("web-01");
    }

    @Test
    void interruptedJob_isShown_andRecoveredOnDemand(
            @TempDir Path directory, @TempDir Path ofTheDead) throws Exception {
        long id;
        try (FileJournal journal = new FileJournal(ofTheDead);
                JobEngine dead = engine(journal)) {
            Target.addAdapters(dead);
            AsyncJob save = dead.control("com.acme.backup")
                    .of(Target.domain("web-02"))
                    .beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
            id = save.id();
            // what the disk has at this moment is what a crash leaves
            copy(ofTheDead, directory);
            save.close();
        }
        try (FileJournal journal = new FileJournal(directory);
                JobEngine next = engine(journal)) {
            runner = new CommandRunner(new Services(next.control("com.acme.look"), next.admin()));
            assertThat(run(80, "list"))
                    .contains("domain web-02  ")
                    .contains("#" + id + " SAVE (RECOVERING)");
            assertThat(run(80, "info", id)).containsPattern("Job type: +Recovering");
            assertThat(run(0, "recover", id)).contains("job #" + id + " is being recovered");
            Target.addAdapters(next);
            next.control("com.acme.look").ended(id).toCompletableFuture().get();
            assertThat(run(80, "history")).contains("SAVE").contains("ORPHANED");
            assertRefused("no job #" + id + " waits for its recovery", "recover", id);
        }
    }

    private static JobEngine engine(JobJournal journal) {
        return new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, journal, type -> JobEngine.NO_BUNDLE);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    // ---- bad input ------------------------------------------------------------------------------

    @Test
    void badInput_isRefusedInOneSentence() {
        assertRefused("there is no job #99", "info", "99");
        assertRefused("'x' is no job's id, and as a kind it needs a name behind it", "info", "x");
        assertRefused("there is no job #99", "abort", "99");
        assertRefused(
                "there is no kind of target 'lamp'; there are domain, pool, volume",
                "explain",
                "lamp",
                "hall",
                "QUERY");
        assertRefused("there is no kind of target 'bogus'", "list", "bogus");
        assertRefused("there is no kind of target 'bogus'", "queue", "bogus");
        assertRefused("SIZE: 'big' is no size such as 4096", "vol-create", "p", "a", "big");
        assertRefused("--memory: 'big' is no size such as 4096", "domain-define", "x", "-m", "big");
        assertRefused("'' is no name of a file", "vol-upload", "p", "a", "");
        assertRefused("there is no type of job 'NAP'", "explain", "domain", "web-01", "NAP");
        assertRefused(
                "a caller cannot begin a job of type NESTED",
                "explain",
                "domain",
                "web-01",
                "NESTED");
        assertRefused("is the bundle org.jobcontrol.domain started?", "domain-list");
        assertRefused("is the bundle org.jobcontrol.storage started?", "pool-list");
        assertRefused("jobctl:info --help says more", "info");
        assertRefused("'soon' is no time", "abort", "1", "--timeout", "soon");
        assertRefused("negative number of jobs: -1", "history", "--max", "-1");
        assertRefused("Unknown option: '--fast'", "list", "--fast");
    }

    @Test
    void messages_withNamesOfOthers_arePrintable() throws Exception {
        assertThatThrownBy(() -> run(0, "list", "a\u001b[2J\u202Eb\nc"))
                .hasMessageContaining("'a\\u001B[2J\\u202Eb\\nc'");
        web.begin(JobType.MODIFY, "evil\u001b[2J\u009b2J\u202E\u200B\n", LONG).close();
        for (String[] command :
                new String[][] {{"history"}, {"history", "--json"}, {"info", "1"}}) {
            String name = command[0];
            Object[] rest = Arrays.copyOfRange(command, 1, command.length, Object[].class);
            assertThat(run(0, name, rest)).doesNotContain("\u001b", "\u009b", "\u202E", "\u200B");
        }
        assertThat(run(0, "history")).contains("evil\\u001B[2J\\u009B2J\\u202E\\u200B\\n");
        var json = JsonParser.parseString(run(0, "history", "--json")).getAsJsonArray();
        assertThat(json.get(0).getAsJsonObject().get("operation").getAsString())
                .isEqualTo("evil\u001b[2J\u009b2J\u202E\u200B\n");
    }

    @Test
    void drain_explainsWhatItsTimeoutIsFor() throws Exception {
        assertThat(run(100, "drain", "--help"))
                .contains("How long to wait for the end of what runs")
                .doesNotContain("turn");
    }

    @Test
    void help_ofACommandWithAFile_saysWhereItIs() throws Exception {
        for (String name : List.of("vol-download", "domain-save", "domain-dump", "pool-define")) {
            assertThat(run(0, name, "--help")).as(name).contains("on the server");
        }
        assertThat(run(0, "vol-clone", "--help")).doesNotContain("on the server");
    }

    private void assertRefused(String message, String name, Object... arguments) {
        assertThatThrownBy(() -> run(0, name, arguments))
                .as(name + " " + List.of(arguments))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(message);
    }

    // ---- completion -----------------------------------------------------------------------------

    @Test
    void complete_kindsNamesTypesAndIds() throws Exception {
        assertThat(runner.complete("explain", List.of("d"))).containsExactly("domain");
        assertThat(runner.complete("explain", List.of("domain", "we"))).containsExactly("web-01");
        assertThat(runner.complete("explain", List.of("pool", "we"))).isEmpty();
        assertThat(runner.complete("explain", List.of("domain", "web-01", "MOD")))
                .containsExactly("MODIFY", "MODIFY_MIGRATION_SAFE");
        try (Job job = web.begin(JobType.MODIFY, "x", LONG)) {
            assertThat(runner.complete("abort", List.of(""))).containsExactly("" + job.id());
        }
        assertThat(runner.complete("abort", List.of("--t"))).containsExactly("--timeout");
        assertThat(runner.complete("abort", List.of("--timeout", "5s", "1"))).isEmpty();
        assertThat(runner.complete("mask", List.of("1", "QUERY", "DEF")))
                .containsExactly("DEFAULT");
    }

    /**
     * A session of Gogo asks for the options of every command when it starts, and Karaf asks every
     * command for every key. It took 3 s of CPU while each answer made the options of all commands.
     */
    @Test
    void complete_everyCommand_takesLittleCpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        runner.descriptions()
                .keySet()
                .forEach(name -> assertThat(runner.complete(name, List.of("-"))).isNotEmpty());
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
        assertThat(took).isLessThan(Duration.ofSeconds(1));
    }
}
